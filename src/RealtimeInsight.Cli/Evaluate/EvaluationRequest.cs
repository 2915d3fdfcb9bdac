namespace RealtimeInsight.Cli.Evaluate;

/// <summary>What <c>insight evaluate</c> was asked.</summary>
internal sealed record EvaluationRequest
{
    public required string Task { get; init; }

    public required string Format { get; init; }

    public required IReadOnlyList<string> Train { get; init; }

    public required IReadOnlyList<string> Test { get; init; }

    public int Seed { get; init; } = 1;

    public bool Json { get; init; }

    /// <summary>Days on which customers are judged; empty: chosen from the data.</summary>
    public IReadOnlyList<DateOnly> Cuts { get; init; } = [];

    /// <summary>Keep columns that are known to give the label away.</summary>
    public bool WithLeakingColumns { get; init; }

    /// <summary>Train and test are the same files, so that a task has to split them itself.</summary>
    public bool IsSameData => Train.Select(Path.GetFullPath).Order(StringComparer.Ordinal)
        .SequenceEqual(Test.Select(Path.GetFullPath).Order(StringComparer.Ordinal));
}
