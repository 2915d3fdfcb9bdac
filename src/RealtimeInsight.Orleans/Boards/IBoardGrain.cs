using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Notices;

namespace RealtimeInsight.Orleans.Boards;

/// <summary>
/// What every silo of the cluster has to know at once: endpoints that are disabled, and who follows the notices. Silos say every second
/// what they know of their endpoints, and are shown what changes. The key is 0. It calls no customer.
/// </summary>
[Alias("ri.board")]
internal interface IBoardGrain : IGrainWithIntegerKey
{
    /// <summary>A silo tells of itself; from now on it is shown what changes.</summary>
    [Alias("report")]
    Task<BoardView> ReportAsync(SiloReport report);

    [Alias("view")]
    Task<BoardView> GetAsync();

    /// <summary>By name.</summary>
    [Alias("endpoints")]
    Task<EndpointReply[]> GetEndpointsAsync();

    /// <summary>Returns when it is stored and the silos that can be reached know. False when no endpoint has the name.</summary>
    [Alias("disable")]
    Task<bool> DisableAsync(string endpoint, string reason);

    /// <inheritdoc cref="DisableAsync"/>
    [Alias("enable")]
    Task<bool> EnableAsync(string endpoint);

    /// <summary>
    /// From now on silos send their notices to the reader, who has to ask again within a minute. Returns when the silos that can be
    /// reached know; false when there are as many readers as allowed.
    /// </summary>
    [Alias("follow")]
    Task<bool> FollowAsync(string name, INoticeReader reader);

    [Alias("leave")]
    Task LeaveAsync(string name);
}

/// <summary>The side of a silo.</summary>
[Alias("ri.board-watcher")]
internal interface IBoardWatcher : IGrainObserver
{
    /// <summary>Returns when the silo goes by it.</summary>
    [Alias("show"), ResponseTimeout("00:00:10")]
    Task ShowAsync(BoardView view);
}

/// <param name="Epoch">Of the board's activation: versions of two epochs cannot be compared.</param>
/// <param name="Version">Grows with every change.</param>
[GenerateSerializer, Immutable, Alias("ri.board-view")]
internal sealed record BoardView(
    [property: Id(0)] string Epoch,
    [property: Id(1)] long Version,
    [property: Id(2)] DisabledEndpoint[] Disabled,
    [property: Id(3)] INoticeReader[] Readers);

[GenerateSerializer, Immutable, Alias("ri.disabled-endpoint")]
internal sealed record DisabledEndpoint(
    [property: Id(0)] string Name, [property: Id(1)] long AtMs, [property: Id(2)] string Reason);

[GenerateSerializer, Immutable, Alias("ri.silo-report")]
internal sealed record SiloReport
{
    [Id(0)]
    public int Version { get; init; } = ContractVersion.Current;

    /// <summary>Name of the silo.</summary>
    [Id(1)]
    public required string Silo { get; init; }

    [Id(2)]
    public required IBoardWatcher Watcher { get; init; }

    /// <summary>As this silo knows them.</summary>
    [Id(3)]
    public required EndpointReply[] Endpoints { get; init; }

    /// <summary>Endpoints that were found to be gone, and that the board may not know of.</summary>
    [Id(4)]
    public DisabledEndpoint[] Gone { get; init; } = [];
}

/// <param name="Names">The channels of policies that lead to it.</param>
/// <param name="State">open, paused or disabled.</param>
[GenerateSerializer, Immutable, Alias("ri.endpoint-reply")]
internal sealed record EndpointReply(
    [property: Id(0)] string Name,
    [property: Id(1)] string[] Names,
    [property: Id(2)] string State,
    [property: Id(3)] long? SinceMs,
    [property: Id(4)] long? UntilMs,
    [property: Id(5)] int Failures,
    [property: Id(6)] string? Reason);

/// <summary>What is stored of the board.</summary>
[GenerateSerializer, Alias("ri.board-state")]
internal sealed class BoardState
{
    [Id(0)]
    public Dictionary<string, DisabledEndpoint> Disabled { get; set; } = [];

    /// <summary>Every endpoint that a silo has told of, with the names that lead to it.</summary>
    [Id(1)]
    public Dictionary<string, string[]> Names { get; set; } = [];
}
