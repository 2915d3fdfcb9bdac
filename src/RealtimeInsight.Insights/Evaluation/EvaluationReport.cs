namespace RealtimeInsight.Insights.Evaluation;

/// <summary>What an evaluation found: the first section is the task's own, further ones look at it from other sides.</summary>
public sealed record EvaluationReport(string Task, string Format, IReadOnlyList<ReportSection> Sections)
{
    /// <summary>How training and test cases were told apart.</summary>
    public required string Split { get; init; }

    /// <summary>Cases that the model was trained on.</summary>
    public required int TrainCases { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    public ReportSection Main => Sections[0];
}
