using Orleans.Concurrency;

namespace RealtimeInsight.Orleans.Notices;

/// <summary>Follows the notices of every silo.</summary>
[Alias("ri.notice-reader")]
internal interface INoticeReader : IGrainObserver
{
    /// <summary>Nobody waits for it: what a reader cannot take is lost.</summary>
    [Alias("tell"), OneWay]
    Task TellAsync(NoticeReply[] notices);
}

/// <summary>A live notice, as the engine's port has it.</summary>
[GenerateSerializer, Immutable, Alias("ri.notice-reply")]
internal sealed record NoticeReply(
    [property: Id(0)] long AtMs, [property: Id(1)] string Type, [property: Id(2)] string CustomerId, [property: Id(3)] string Text);
