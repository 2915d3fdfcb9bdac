namespace RealtimeInsight.Inference.Models;

/// <summary>
/// How the model's inputs and probabilities were distributed over a sample of the events that it learned from: what live traffic is
/// compared with. In <c>model.json</c>, which the digest does not cover; a model without one is served and not watched for drift.
/// </summary>
public sealed record ModelReference
{
    /// <summary>Events that were counted.</summary>
    public required long Rows { get; init; }

    /// <summary>By feature name: those of a token, then those of a profile.</summary>
    public required IReadOnlyDictionary<string, ReferenceHistogram> Inputs { get; init; }

    /// <summary>Calibrated probabilities by head, see <see cref="ModelHeads"/>.</summary>
    public required IReadOnlyDictionary<string, ReferenceHistogram> Scores { get; init; }

    /// <summary>Part of the events that should have carried a field and did not, by field.</summary>
    public required IReadOnlyDictionary<string, double> Missing { get; init; }
}

/// <summary>A distribution in bins about equally full: up to the first edge, between two edges (the upper one included), above the
/// last.</summary>
/// <param name="Min">Smallest value seen.</param>
/// <param name="Max">Largest value seen.</param>
/// <param name="Edges">Ascending; one fewer than shares.</param>
/// <param name="Shares">Parts of the whole; they add up to 1.</param>
public sealed record ReferenceHistogram(double Min, double Max, IReadOnlyList<double> Edges, IReadOnlyList<double> Shares);
