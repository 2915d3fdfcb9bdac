using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>What is known of the models from the customers' own outcomes and from the traffic that they score.</summary>
/// <param name="OutcomeWindow">Live figures are of the last one to two of these.</param>
/// <param name="DriftWindow">Drift is of the last one to two of these.</param>
/// <param name="Versions">Those that scored lately, the highest first.</param>
/// <param name="Waiting">Scores whose outcome is not known yet, and what part of the scored moments is followed, by head.</param>
public sealed record ModelWatch(
    TimeSpan OutcomeWindow, TimeSpan DriftWindow, IReadOnlyList<VersionWatch> Versions, IReadOnlyList<WaitingScores> Waiting);

/// <param name="Model">Name and version.</param>
/// <param name="Drift">Null where the version has no reference, or has scored nothing as champion or challenger lately.</param>
public sealed record VersionWatch(string Model, string Version, IReadOnlyList<HeadWatch> Heads, DriftWatch? Drift);

/// <param name="Since">Event time from which on outcomes count; null before the first.</param>
/// <param name="Live">By the customers' outcomes; null before the first.</param>
/// <param name="Trained">On the split held out in training; null where the model does not say.</param>
/// <param name="AgainstServing">As a shadow, against the version that served the same customers, since it is watched; null for
/// others.</param>
/// <param name="Outcomes">Outcomes since the engine began to watch this version.</param>
public sealed record HeadWatch(
    string Head, Instant? Since, long Outcomes, QualityFigures? Live, HeadMetrics? Trained, PairedFigures? AgainstServing);

/// <param name="Samples">Events compared.</param>
public sealed record DriftWatch(
    long Samples, IReadOnlyList<InputDrift> Inputs, IReadOnlyList<InputDrift> Scores, IReadOnlyList<MissingRate> Missing);

/// <param name="Psi">Population stability index, see <see cref="DriftHistogram"/>; null before the first value.</param>
/// <param name="OutOfRange">Part of the values outside of those that training saw; null before the first value.</param>
public sealed record InputDrift(string Name, double? Psi, double? OutOfRange)
{
    /// <summary>An index above it is a large shift.</summary>
    public const double Far = 0.25;
}

/// <param name="Rate">Part of the events that should have carried the field and did not; null where no such event came.</param>
/// <param name="Trained">The same in training; null where the model does not say.</param>
public sealed record MissingRate(string Field, double? Rate, double? Trained);

/// <param name="Open">Scores that wait for their outcome.</param>
/// <param name="Share">Part of the scored moments that is followed now: 1 until the room for waiting scores was full once.</param>
/// <param name="Unfollowed">Scores that were let go to make room.</param>
public sealed record WaitingScores(string Head, long Open, double Share, long Unfollowed);
