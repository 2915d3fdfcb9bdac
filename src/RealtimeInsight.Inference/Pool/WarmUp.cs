using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Runs a freshly loaded model as it will be run: every batch size, a sequence, and the same sequence step by step. After it the runtime
/// has planned its memory, and a model that cannot serve is known before it does.
/// </summary>
internal static class WarmUp
{
    private const int SequenceLength = 8;

    /// <summary>Loose enough for a GPU's arithmetic, far below what other weights would differ by.</summary>
    private const float StepFoldTolerance = 1e-3f;

    /// <summary>The fastest of so many runs counts, so that a busy moment of the machine is not the model's.</summary>
    private const int TimedRuns = 5;

    /// <summary>Returns the batch sizes that the runner pads to from now on.</summary>
    /// <exception cref="ModelRefusedException">
    /// A run failed, took too long or gave values that are not finite, or the two graphs disagree.
    /// </exception>
    public static BatchSizes Run(IModelRunner runner, InferenceOptions options, TimeProvider time)
    {
        var rowsMax = options.WarmUpRowsMax;
        var model = $"{runner.Manifest.Name}/{runner.Manifest.Version}";
        try
        {
            var batch = new ScoreBatch(rowsMax);
            Fill(batch);
            var named = options.BatchSizes is { Count: > 0 } rows ? new BatchSizes(rows) : null;
            var sizes = named ?? BatchSizes.Candidates(rowsMax);
            runner.PadTo(sizes);
            RunEach(runner, batch, sizes, model);
            if (named is null) runner.PadTo(sizes = BatchSizeTrial.Run(runner, batch, sizes, time));

            RequireSpeed(runner, batch, options.StepDurationMax, time, model);
            batch.RunnerState?.Dispose();
            batch.RunnerState = null;
            CompareStepWithFold(runner, model);
            return sizes;
        }
        catch (Exception error) when (error is not ModelRefusedException)
        {
            // Whatever the runtime throws here, the verdict is the same: this version must not serve.
            throw new ModelRefusedException(ModelRefusal.WarmUp,
                $"Model {model} failed in warm-up: {error.Message} A model serves only after every batch size has run. Export it again.",
                error);
        }
    }

    private static void RunEach(IModelRunner runner, ScoreBatch batch, BatchSizes sizes, string model)
    {
        for (var size = 0; size < sizes.Count(batch.RowsMax); size++)
        {
            batch.Rows = sizes.At(size, batch.RowsMax);
            runner.Step(batch);
            RequireFinite(batch, model);
        }
    }

    private static void RequireSpeed(IModelRunner runner, ScoreBatch batch, TimeSpan most, TimeProvider time, string model)
    {
        var fastest = TimeSpan.MaxValue;
        for (var run = 0; run < TimedRuns && fastest > most; run++)
        {
            var started = time.GetTimestamp();
            runner.Step(batch);
            var elapsed = time.GetElapsedTime(started);
            if (elapsed < fastest) fastest = elapsed;
        }

        if (fastest > most)
        {
            throw new ModelRefusedException(ModelRefusal.Slow,
                $"Model {model} takes {fastest.TotalMilliseconds:0.#} ms for {batch.Rows} rows, the fastest of {TimedRuns} runs; "
                + $"StepDurationMax allows {most.TotalMilliseconds:0.#} ms. Export a smaller model, or allow more.");
        }
    }

    private static void CompareStepWithFold(IModelRunner runner, string model)
    {
        var step = new ScoreBatch(1) { Rows = 1 };
        var fold = new FoldRequest(SequenceLength);
        foreach (var length in (ReadOnlySpan<int>)[1, SequenceLength])
        {
            fold.Length = length;
            Fill(fold.Tokens, fold.Ids, length);
            Fill(fold.Profile);
            Fill(fold.StateIn);
            runner.Fold(fold);
            fold.StateIn.CopyTo(step.StateIn.AsSpan());
            fold.Profile.CopyTo(step.Profile.AsSpan());
            for (var at = 0; at < length; at++)
            {
                fold.Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures).CopyTo(step.Tokens);
                fold.Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds).CopyTo(step.Ids);
                runner.Step(step);
                step.StateOut.CopyTo(step.StateIn.AsSpan());
            }

            var (churn, abandonment, purchase) = fold.Scores;
            var difference = Math.Max(
                Difference(step.StateOut, fold.StateOut),
                Difference([step.Churn[0], step.Abandonment[0], step.Purchase[0]], [churn, abandonment, purchase]));
            if (!(difference <= StepFoldTolerance))
            {
                throw new ModelRefusedException(ModelRefusal.WarmUp,
                    $"Model {model} gives results that differ by {difference:g3} between {length} steps and one fold of {length} events; "
                    + $"at most {StepFoldTolerance:g3} is allowed, because both graphs hold the same weights. Export both from one model.");
            }
        }

        step.RunnerState?.Dispose();
        fold.RunnerState?.Dispose();
    }

    private static float Difference(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        var most = 0f;
        for (var i = 0; i < left.Length; i++)
        {
            most = Math.Max(most, MathF.Abs(left[i] - right[i]));
        }

        return most;
    }

    private static void RequireFinite(ScoreBatch batch, string model)
    {
        if (!ContractCheck.AreOutputsFinite(batch))
        {
            throw new ModelRefusedException(ModelRefusal.WarmUp,
                $"Model {model} gave values that are not finite for {batch.Rows} ordinary rows; every output has to be. Train it again.");
        }
    }

    private static void Fill(ScoreBatch batch)
    {
        Fill(batch.Tokens, batch.Ids, batch.RowsMax);
        Fill(batch.Profile);
    }

    private static void Fill(Span<float> tokens, Span<long> ids, int rows)
    {
        Fill(tokens);
        for (var i = 0; i < rows * ModelContract.TokenIds; i++)
        {
            ids[i] = i % ModelContract.KindBuckets;
        }
    }

    /// <summary>Small values of both signs, the same every time.</summary>
    private static void Fill(Span<float> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = ((i * 7 % 11) - 5) / 10f;
        }
    }
}
