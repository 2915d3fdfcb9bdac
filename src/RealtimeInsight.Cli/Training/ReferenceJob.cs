using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Cli.Bench;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// Writes into <c>model.json</c> how the inputs and the served probabilities of the training events are distributed: every so many
/// customers, each from the first event on. The same arrays and model give the same bytes. The digest is over the graphs alone and stays.
/// </summary>
internal static class ReferenceJob
{
    /// <summary>About as many events are taken.</summary>
    public const int RowsWanted = 100_000;

    private const int BatchRows = 256;
    private const string Key = "reference";
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    /// <param name="model">Folder of the version.</param>
    /// <param name="features">Folder of the arrays.</param>
    /// <exception cref="CliException">The version cannot serve, or there are too few events.</exception>
    public static async Task<ModelReference> RunAsync(
        string model, string features, FeatureSet set, TimeProvider time, CancellationToken cancellationToken)
    {
        var version = new DirectoryInfo(model);
        using var meters = new BenchMeters();
        var options = new InferenceOptions { ModelName = version.Parent!.Name, ModelVersion = version.Name };
        var pool = new InferencePool(options, new InferenceInstruments(meters), time, NullLogger<InferencePool>.Instance);
        await using (pool.ConfigureAwait(false))
        {
            var repository = new ModelRepository(version.Parent.Parent!.FullName, FeatureSchema.Hash);
            if (!pool.TryLoad(repository, new OnnxModelRunnerFactory(options, NullLogger<OnnxModelRunnerFactory>.Instance)))
            {
                throw CliException.Failure($"the model cannot serve: {pool.Problem}");
            }

            using var lease = pool.Lease();
            var reference = Measure(lease, features, set, cancellationToken);
            Write(Path.Combine(model, "model.json"), reference);
            return reference;
        }
    }

    /// <summary>The same, or why the events make no reference: an export without carts is no fault. Other failures throw.</summary>
    public static async Task<(long Rows, string? Problem)> TryRunAsync(
        string model, string features, FeatureSet set, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return ((await RunAsync(model, features, set, time, cancellationToken).ConfigureAwait(false)).Rows, null);
        }
        catch (CliException problem) when (problem.InnerException is InvalidOperationException few)
        {
            return (0, few.Message);
        }
    }

    private static ModelReference Measure(IModelLease lease, string features, FeatureSet set, CancellationToken cancellationToken)
    {
        using var rowsOf = new FeatureRows<int>(features, set, "sequence_rows");
        using var startsOf = new FeatureRows<int>(features, set, "sequence_starts");
        using var tokens = new FeatureRows<float>(features, set, "tokens");
        using var ids = new FeatureRows<short>(features, set, "ids");
        using var profiles = new FeatureRows<float>(features, set, "profiles");
        var (rows, starts) = (rowsOf.ReadAll(), startsOf.ReadAll());
        var every = (int)Math.Max(1, (set.Rows + RowsWanted - 1) / RowsWanted);
        var asked = Enumerable.Range(0, (int)set.Sequences).Where(i => i % every == 0)
            .OrderByDescending(i => starts[i + 1] - starts[i]).ThenBy(static i => i);
        var batch = new ScoreBatch(BatchRows);
        var sample = new ReferenceSample();
        var shortIds = new short[ModelContract.TokenIds];
        foreach (var chunk in asked.Chunk(BatchRows))
        {
            cancellationToken.ThrowIfCancellationRequested();
            batch.StateIn.AsSpan().Clear();
            for (var at = 0; at < starts[chunk[0] + 1] - starts[chunk[0]]; at++)
            {
                var alive = chunk.TakeWhile(i => starts[i + 1] - starts[i] > at).Count();
                for (var i = 0; i < alive; i++) Fill(i, rows[starts[chunk[i]] + at]);
                batch.Rows = alive;
                if (lease.Step(batch) is not ScoreOutcome.Scored and var outcome)
                {
                    throw CliException.Failure($"the pool answered {outcome} while the reference was measured");
                }

                for (var i = 0; i < alive; i++) sample.Add(batch.TokenRow(i), batch.IdRow(i), batch.ProfileRow(i), batch.Scores(i));
                batch.StateOut.CopyTo(batch.StateIn.AsSpan());
            }
        }

        try
        {
            return sample.ToReference();
        }
        catch (InvalidOperationException few)
        {
            throw CliException.Failure($"{features}: {few.Message}", few);
        }

        void Fill(int to, int row)
        {
            tokens.Read(row, batch.TokenRow(to));
            profiles.Read(row, batch.ProfileRow(to));
            ids.Read(row, shortIds);
            for (var i = 0; i < shortIds.Length; i++) batch.IdRow(to)[i] = shortIds[i];
        }
    }

    /// <summary>Puts the reference at the end of the manifest, a line a distribution, and leaves the rest as it is.</summary>
    private static void Write(string path, ModelReference reference)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        manifest.Remove(Key);
        var text = new StringBuilder(manifest.ToJsonString(s_readable).TrimEnd().TrimEnd('}').TrimEnd());
        text.Append(",\n  \"").Append(Key).Append("\": {\n    \"rows\": ").Append(reference.Rows).Append(",\n");
        Append(text, "inputs", reference.Inputs);
        text.Append(",\n");
        Append(text, "scores", reference.Scores);
        text.Append(",\n    \"missing\": ").Append(JsonSerializer.Serialize(reference.Missing)).Append("\n  }\n}\n");
        var next = path + ".next";
        File.WriteAllText(next, text.ToString());
        File.Move(next, path, overwrite: true);
    }

    private static void Append(StringBuilder text, string name, IReadOnlyDictionary<string, ReferenceHistogram> histograms)
    {
        text.Append("    \"").Append(name).Append("\": {\n");
        text.AppendJoin(",\n", histograms.Select(static one => $"      \"{one.Key}\": {Line(one.Value)}"));
        text.Append("\n    }");
    }

    private static string Line(ReferenceHistogram one) => new JsonObject
    {
        // As singles: what they are, in as few digits as tell them apart.
        ["min"] = (float)one.Min,
        ["max"] = (float)one.Max,
        ["edges"] = new JsonArray([.. one.Edges.Select(static edge => (JsonNode)(float)edge)]),
        ["shares"] = new JsonArray([.. one.Shares.Select(static share => (JsonNode)share)]),
    }.ToJsonString();
}
