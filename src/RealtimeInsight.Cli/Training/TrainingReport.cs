using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Training;

/// <summary>What the trainer says about its run: <c>report.json</c> in the work folder.</summary>
/// <param name="Pretraining">Loss of the next event on customers held out after each pass of pre-training; the best pass was kept.</param>
/// <param name="FineTuning">What became of each head that was tuned alone and had enough cases to judge it by.</param>
/// <param name="Rows">Every scorer on every source's later events.</param>
/// <param name="Trials">The search for settings; null where none was asked for.</param>
/// <param name="Warnings">What the data could not teach.</param>
public sealed record TrainingReport(
    long Seed,
    TrainingChoice Settings,
    IReadOnlyList<double> Pretraining,
    IReadOnlyList<TunedHead> FineTuning,
    TrainingTrials? Trials,
    IReadOnlyList<FeatureSetSource> Sources,
    IReadOnlyList<JudgedScorer> Rows,
    IReadOnlyList<JudgedNextItems> NextItems,
    IReadOnlyList<string> Warnings)
{
    public const string FileName = "report.json";

    public static TrainingReport Read(string path) =>
        JsonSerializer.Deserialize(File.ReadAllBytes(path), TrainingReportJson.Default.TrainingReport)
            ?? throw CliException.Failure($"{path} is empty; train again");
}

/// <summary>Settings of a run of training; the trainer's <c>trials.py</c> says what each does.</summary>
public sealed record TrainingChoice(
    double LearningRate,
    int Epochs,
    int PretrainEpochs,
    int FinetuneEpochs,
    double StateDropout,
    double ForgetIds,
    double ForgetState,
    double NextItemWeight);

/// <summary>A head before and after it was tuned alone, on customers held out of the training time.</summary>
/// <param name="N">Cases.</param>
/// <param name="Joint">Log loss over that of knowing nothing but how often, as it was learned with the others.</param>
/// <param name="Tuned">The same of its own best pass alone.</param>
/// <param name="GainError">Standard error of the difference, customers being independent of each other; null with one customer.</param>
/// <param name="Passes">Passes that the best one took.</param>
/// <param name="Kept"><c>tuned</c> where it gains more than that error, otherwise <c>joint</c>.</param>
public sealed record TunedHead(string Head, long N, double Joint, double Tuned, double? GainError, int Passes, string Kept);

/// <param name="Asked">Settings that were to be tried; fewer results mean that the time was up.</param>
/// <param name="Best">Index of the chosen result; 0 is the defaults.</param>
public sealed record TrainingTrials(int Asked, int Best, IReadOnlyList<TrainingTrial> Results);

/// <param name="Score">Mean over folds and heads of the log loss over that of the constant rate; lower is better.</param>
public sealed record TrainingTrial(TrainingChoice Settings, double Score);

/// <summary>One scorer on the later events of one source; a figure that the split cannot give is null.</summary>
public sealed record JudgedScorer(
    string Source, string Head, string Scorer, long N, double? BaseRate, double? Auc, double? Brier, double? LogLoss);

/// <param name="HitAt20">Share of next products among the first 20 of the model's ranking.</param>
/// <param name="Popular">The same of the 20 most popular ones.</param>
public sealed record JudgedNextItems(
    string Source, long N, int Products, [property: JsonPropertyName("hit_at_20")] double HitAt20, double Popular);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TrainingReport))]
internal sealed partial class TrainingReportJson : JsonSerializerContext;
