using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using RealtimeInsight.Cli.Operate;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Cli.Models.Report;

/// <summary>Reads what is known of the models, writes the page, and ends with the figures.</summary>
/// <param name="output">Path of the page; what is there is replaced.</param>
/// <param name="customersMax">Customers that are explained; 0 for none.</param>
internal sealed class ModelReportJob(CliConsole console, string output, int customersMax)
{
    private const string InFolder = "Read from a folder: what the scores are made of can be asked of a running engine, with --url.";
    private const string Nobody = "No customer has an open cart or a recent session now, so none can be explained.";
    private const string Unasked = "Not asked for (--customers 0).";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public async Task<int> RunAsync(ModelTarget target, IModelDesk desk, CancellationToken cancellationToken)
    {
        var listing = await desk.ListAsync(cancellationToken).ConfigureAwait(false);
        var watch = await desk.WatchAsync(cancellationToken).ConfigureAwait(false);
        var importance = await ImportanceAsync(target, cancellationToken).ConfigureAwait(false);
        var learned = await LearnedAsync(target, cancellationToken).ConfigureAwait(false);
        var none = target.Url is null ? InFolder : customersMax == 0 ? Unasked : Nobody;
        var page = ModelReportPage.Write(new ModelReportData(
            target.Url?.ToString() ?? "data folder", console.Time.GetUtcNow(), listing, watch, importance, none, learned));
        try
        {
            await File.WriteAllTextAsync(output, page, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--out {output}: {problem.Message}");
        }

        foreach (var line in Lines(watch)) console.Out.WriteLine(line);
        if (learned is { Judged: > 0 }) console.Out.WriteLine($"next item: {ModelReportPage.Of(learned)}");
        console.Out.WriteLine($"report: {Path.GetFullPath(output)}");
        if (target.IsJson) console.Out.WriteLine(Json(watch, importance, learned).ToJsonString());
        return ExitCodes.Success;
    }

    private async Task<Importance?> ImportanceAsync(ModelTarget target, CancellationToken cancellationToken)
    {
        if (target.Url is not { } url || customersMax == 0) return null;
        using var engine = new EngineClient(url, target.Key);
        return await Importance.OfAsync(engine, customersMax, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>How live recommendations did; null where the engine learns none or a folder is read.</summary>
    private static async Task<ItemsAnswer?> LearnedAsync(ModelTarget target, CancellationToken cancellationToken)
    {
        if (target.Url is not { } url) return null;
        using var engine = new EngineClient(url, target.Key);
        var answer = await engine.GetAsync("/v1/learning", cancellationToken).ConfigureAwait(false);
        return answer["items"].Deserialize<ItemsAnswer>(s_json);
    }

    private static IEnumerable<string> Lines(ModelWatch watch)
    {
        foreach (var version in watch.Versions)
        {
            foreach (var head in version.Heads)
            {
                yield return head.Live is { } live
                    ? $"{version.Model} {head.Head}: {live.N} outcomes, AUC {ModelPlots.Figure(live.Auc)} "
                        + $"(in training {ModelPlots.Figure(head.Trained?.Auc)}), log loss {ModelPlots.Figure(live.LogLoss)}, "
                        + $"calibration error {ModelPlots.Figure(live.CalibrationError)}"
                    : $"{version.Model} {head.Head}: no outcome yet";
            }
        }
    }

    private JsonObject Json(ModelWatch watch, Importance? importance, ItemsAnswer? learned) => new()
    {
        ["report"] = Path.GetFullPath(output),
        ["watch"] = JsonSerializer.SerializeToNode(watch, s_json),
        ["importance"] = JsonSerializer.SerializeToNode(importance, s_json),
        ["next_item"] = JsonSerializer.SerializeToNode(learned, s_json),
    };
}
