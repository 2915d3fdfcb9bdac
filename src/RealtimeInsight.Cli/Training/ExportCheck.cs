using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Training;

/// <summary>Loads an exported model the way the engine does, and compares both graphs with what the trainer's model computed.</summary>
public static class ExportCheck
{
    /// <summary>Largest difference allowed between the trainer's arithmetic and the runtime's, and between stepping and folding.</summary>
    public const float DifferenceMax = 1e-4f;
    public const float StepFoldDifferenceMax = 1e-5f;

    /// <returns>The largest difference from the trainer's values.</returns>
    /// <exception cref="CliException">The model is refused, or computes something else than was trained.</exception>
    public static float Run(string folder, TrainedExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        var version = new DirectoryInfo(folder);
        try
        {
            var repository = new ModelRepository(version.Parent!.Parent!.FullName, FeatureSchema.Hash);
            var package = repository.Read(version.Parent.Name, version.Name);
            var factory = new OnnxModelRunnerFactory(new InferenceOptions(), NullLogger<OnnxModelRunnerFactory>.Instance);
            using var runner = factory.Load(package);
            return Compare(runner, example);
        }
        catch (ModelRefusedException refused)
        {
            throw CliException.Failure($"the exported model cannot serve: {refused.Message}", refused);
        }
    }

    private static float Compare(IModelRunner runner, TrainedExample example)
    {
        var count = example.Tokens.Length;
        var batch = new ScoreBatch(1) { Rows = 1 };
        var fold = new FoldRequest(count) { Length = count };
        var worst = 0f;
        for (var i = 0; i < count; i++)
        {
            example.Tokens[i].CopyTo(batch.TokenRow(0));
            example.Ids[i].CopyTo(batch.IdRow(0));
            example.Profiles[i].CopyTo(batch.ProfileRow(0));
            runner.Step(batch);
            worst = Math.Max(worst, Difference(batch.StateOutRow(0), example.States[i]));
            worst = Math.Max(worst, Difference([batch.Churn[0], batch.Abandonment[0], batch.Purchase[0]], example.Logits[i]));
            worst = Math.Max(worst, Difference(batch.ItemQuery, example.Queries[i]));
            batch.StateOutRow(0).CopyTo(batch.StateInRow(0));
            example.Tokens[i].CopyTo(fold.Tokens, i * example.Tokens[i].Length);
            example.Ids[i].CopyTo(fold.Ids, i * example.Ids[i].Length);
        }

        Within("step.onnx differs from the trained model", worst, DifferenceMax);
        example.Profiles[^1].CopyTo(fold.Profile, 0);
        runner.Fold(fold);
        Within("fold.onnx differs from step.onnx", Difference(fold.StateOut, batch.StateOutRow(0)), StepFoldDifferenceMax);
        var scores = fold.Scores;
        worst = Math.Max(worst, Difference([scores.Churn, scores.Abandonment, scores.Purchase], example.Logits[^1]));
        Within("fold.onnx differs from the trained model", worst, DifferenceMax);
        return worst;
    }

    private static float Difference(ReadOnlySpan<float> found, ReadOnlySpan<float> expected)
    {
        var worst = 0f;
        for (var i = 0; i < expected.Length; i++) worst = Math.Max(worst, Math.Abs(found[i] - expected[i]));
        return worst;
    }

    private static void Within(string what, float difference, float most)
    {
        if (difference <= most) return;
        throw CliException.Failure($"{what} by {difference:G3}, at most {most:G3} is allowed; the export is wrong, do not use it");
    }
}
