using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>All versions of the model and what each does.</summary>
/// <param name="Champion">The version that serves; null when none is usable.</param>
/// <param name="Before">Where a rollback goes, the newest first.</param>
/// <param name="Versions">Those in the repository, the highest first.</param>
/// <param name="Problems">What is not as planned; empty when all is well.</param>
public sealed record ModelListing(
    string Name, string? Champion, IReadOnlyList<string> Before, IReadOnlyList<ListedVersion> Versions, IReadOnlyList<string> Problems);

/// <param name="Role">Null: it does not serve.</param>
/// <param name="Share">Part of the customers; null for the champion and for one that does not serve.</param>
/// <param name="Problem">Why it would be refused; null when its manifest and digest are in order.</param>
/// <param name="Metrics">By head, on the split held out in training.</param>
/// <param name="Comparison">Of a shadow with the scores that served.</param>
public sealed record ListedVersion(
    string Version,
    ModelRole? Role,
    double? Share,
    string? Problem,
    string? Digest,
    DateTimeOffset? CreatedAt,
    IReadOnlyDictionary<string, HeadMetrics>? Metrics,
    ShadowComparison? Comparison);

/// <summary>What a version does.</summary>
public enum ModelRole : byte
{
    /// <summary>Scores everybody who is nobody else's.</summary>
    Champion,

    /// <summary>Scores a share of the customers in the champion's place.</summary>
    Challenger,

    /// <summary>Scores a share of the customers beside whoever serves, without effect.</summary>
    Shadow,
}
