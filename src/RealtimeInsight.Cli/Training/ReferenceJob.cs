using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// Writes into <c>model.json</c> how the inputs and the served probabilities of the training events are distributed: every so many
/// customers, each from the first event on. The same arrays and model give the same bytes. The digest is over the graphs alone and stays.
/// </summary>
internal static class ReferenceJob
{
    /// <summary>About as many events are taken.</summary>
    public const int RowsWanted = 100_000;

    private const string Key = "reference";
    private static readonly JsonSerializerOptions s_readable = new() { WriteIndented = true };

    /// <param name="features">Folder of the arrays.</param>
    /// <exception cref="CliException">A score failed, or there are too few events.</exception>
    public static ModelReference Run(ServedModel model, string features, FeatureSet set, CancellationToken cancellationToken)
    {
        var every = (int)Math.Max(1, (set.Rows + RowsWanted - 1) / RowsWanted);
        var sample = new ReferenceSample();
        model.Score(
            features,
            set,
            (i, _) => i % every == 0,
            (batch, i, _) => sample.Add(batch.TokenRow(i), batch.IdRow(i), batch.ProfileRow(i), batch.Scores(i)),
            cancellationToken);
        var reference = ReferenceOf(sample, features);
        Write(Path.Combine(model.Folder, "model.json"), reference);
        return reference;
    }

    /// <summary>The same, or why the events make no reference: an export without carts is no fault. Other failures throw.</summary>
    public static (long Rows, string? Problem) TryRun(
        ServedModel model, string features, FeatureSet set, CancellationToken cancellationToken)
    {
        try
        {
            return (Run(model, features, set, cancellationToken).Rows, null);
        }
        catch (CliException problem) when (problem.InnerException is InvalidOperationException few)
        {
            return (0, few.Message);
        }
    }

    private static ModelReference ReferenceOf(ReferenceSample sample, string features)
    {
        try
        {
            return sample.ToReference();
        }
        catch (InvalidOperationException few)
        {
            throw CliException.Failure($"{features}: {few.Message}", few);
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
        WholeFile.Replace(path, Encoding.UTF8.GetBytes(text.ToString()));
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
