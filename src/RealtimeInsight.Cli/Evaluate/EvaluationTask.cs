using RealtimeInsight.Insights.Evaluation;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>One task of <c>insight evaluate</c>: reads the formats it knows and runs a study on them.</summary>
/// <param name="Formats">Names of the formats that hold what the task needs.</param>
/// <param name="Run">Reads, trains and measures; reports progress line by line.</param>
internal sealed record EvaluationTask(
    string Name, string Description, IReadOnlyList<string> Formats, Func<EvaluationRequest, EvaluationProgress, EvaluationReport> Run)
{
    /// <summary>Every task there is, in the order of the help.</summary>
    public static IReadOnlyList<EvaluationTask> All { get; } =
    [
        ShoppingTasks.Abandonment,
        ShoppingTasks.Purchase,
        SessionTasks.NextItem,
        LifetimeTasks.Lifetime,
        LifetimeTasks.Churn,
        ShoppingTasks.Conversion,
        TextTasks.Sentiment,
        DemandTasks.Demand,
        ExperimentTasks.Uplift,
        ExperimentTasks.OffPolicy,
    ];
}
