using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>An engine whose clock is event time.</summary>
public interface IReplayEngine : IAsyncDisposable
{
    ICustomerEngine Engine { get; }

    /// <summary>Lets virtual time run on until no deadline is armed; ends when what they caused is committed and delivered.</summary>
    ValueTask RunToEndAsync(CancellationToken cancellationToken);
}
