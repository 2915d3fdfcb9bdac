using RealtimeInsight.Domain;

namespace RealtimeInsight.Engine.Watching;

/// <summary>How scores are followed to their outcomes, and traffic is compared with the training data.</summary>
public sealed class WatchOptions
{
    /// <summary>
    /// Scored moments that one shard follows at a time for one head (72 bytes each). When the room is full, half of those followed are let
    /// go, by a draw that has nothing to do with the outcome, and half as many are followed from then on; they come back when there is room
    /// again. Default 16,384; 64 to 1,048,576, a power of two.
    /// </summary>
    public int PendingMax { get; set; } = 16_384;

    /// <summary>
    /// How long after its horizon a score waits for outcomes that come late; and how late an event may come and still be followed itself,
    /// by the wall clock: loaded history is not. Default 1 hour; 0 to 7 days.
    /// </summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Live figures are of the last one to two of these, in event time. Default 7 days; 1 minute to 365 days.</summary>
    public TimeSpan OutcomeWindow { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Drift is of the last one to two of these, in event time. Default 1 day; 1 minute to 365 days.</summary>
    public TimeSpan DriftWindow { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Time between two saves of what is followed, where the engine has a place for it. Default 1 minute; 1 s to 1 day.</summary>
    public TimeSpan SaveInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>All violations of the bounds; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(WatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck("Watch.");
        bounds.Range(nameof(PendingMax), options.PendingMax, 64, 1_048_576);
        if (!int.IsPow2(options.PendingMax)) bounds.Problems.Add($"Watch.PendingMax is {options.PendingMax}, a power of two is allowed");
        bounds.Range(nameof(Grace), options.Grace, TimeSpan.Zero, TimeSpan.FromDays(7));
        bounds.Range(nameof(OutcomeWindow), options.OutcomeWindow, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        bounds.Range(nameof(DriftWindow), options.DriftWindow, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365));
        bounds.Range(nameof(SaveInterval), options.SaveInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        return bounds.Problems;
    }
}
