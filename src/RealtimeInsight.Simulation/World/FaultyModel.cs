using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Simulation.World;

/// <summary>
/// A model that remembers the last eight events and nothing before them, so that a fold of the kept events gives bit for bit what steps
/// over the whole history give: what faults leave behind must be gone after the next event.
/// </summary>
internal sealed class FaultyModel(int version, FaultyModel.Line line) : IModelRunner
{
    private const int Memory = 8;
    private const int Width = ModelContract.StateWidth / Memory;

    public ModelManifest Manifest { get; } = new()
    {
        Name = "simulated",
        Version = version.ToString(System.Globalization.CultureInfo.InvariantCulture),
        ContractVersion = ModelContract.Version,
        FeatureSchemaHash = FeatureSchema.Hash,
        Digest = version.ToString("x8", System.Globalization.CultureInfo.InvariantCulture).PadRight(64, 'a'),
        Opset = 17,
        CreatedAt = Plan.Shop.Start.ToDateTimeOffset(),
        Horizons = new ModelHorizons { ChurnDays = 30, AbandonmentHours = 24, PurchaseHours = 24 },
        Calibration = new Dictionary<string, HeadCalibration>
        {
            [ModelHeads.Churn] = new() { Method = HeadCalibration.Platt, A = 1, B = 0 },
            [ModelHeads.Abandonment] = new() { Method = HeadCalibration.Platt, A = 1, B = 0 },
            [ModelHeads.Purchase] = new() { Method = HeadCalibration.Platt, A = 1, B = 0 },
        },
        Training = new ModelTraining { Seed = version, Sources = [] },
        Metrics = new Dictionary<string, HeadMetrics>(),
        Graphs = new ModelGraphs { Step = ModelGraphs.StepFile, Fold = ModelGraphs.FoldFile },
    };

    public Accelerator Accelerator => Accelerator.Cpu;

    public void Step(ScoreBatch batch)
    {
        var spoils = line.Run();
        for (var row = 0; row < batch.Rows; row++)
        {
            batch.StateInRow(row).CopyTo(batch.StateOutRow(row));
            Remember(batch.StateOutRow(row), batch.TokenRow(row), batch.IdRow(row));
            var scores = Heads(batch.StateOutRow(row), batch.ProfileRow(row));
            (batch.Churn[row], batch.Abandonment[row]) = (scores.Churn, scores.Abandonment);
            batch.Purchase[row] = spoils ? float.NaN : scores.Purchase;
        }
    }

    public void Fold(FoldRequest request)
    {
        var spoils = line.Run();
        request.StateIn.CopyTo(request.StateOut.AsSpan());
        for (var at = 0; at < request.Length; at++)
        {
            Remember(
                request.StateOut,
                request.Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures),
                request.Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds));
        }

        request.Scores = Heads(request.StateOut, request.Profile);
        if (spoils) request.StateOut[0] = float.PositiveInfinity;
    }

    public void Dispose()
    {
    }

    private void Remember(Span<float> state, ReadOnlySpan<float> token, ReadOnlySpan<long> ids)
    {
        state[..^Width].CopyTo(state[Width..]);
        for (var i = 0; i < Width; i++) state[i] = (token[i] + token[i + Width]) / (version + ids[i % ids.Length]);
    }

    private static HeadScores Heads(ReadOnlySpan<float> state, ReadOnlySpan<float> profile)
    {
        float first = 0f, second = 0f;
        for (var i = 0; i < state.Length; i++)
        {
            first += state[i] * ((i % 5) - 2);
            second += profile[i] * ((i % 3) - 1);
        }

        return new HeadScores(first, first + second, second);
    }

    /// <summary>How the runs of all versions go. The first ones of a version are its warm-up, which is not disturbed.</summary>
    internal sealed class Line(Plan.Draw draw)
    {
        public bool IsFaulty { get; set; }

        public long Faults { get; private set; }

        /// <summary>True when the run's values are to be spoilt.</summary>
        public bool Run()
        {
            if (!IsFaulty || draw.Chance(0.4)) return false;
            Faults++;
            if (draw.Chance(0.5)) throw new InvalidOperationException("the runtime failed");
            return true;
        }
    }
}
