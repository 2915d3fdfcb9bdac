using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Verbs;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>What customers wrote, replayed over the text model that ships.</summary>
public sealed class TextReplayTests : IDisposable
{
    private const int Reviews = 1_500;
    private readonly DataFolder _folder = new();
    private readonly DataFolder _data = new();

    public void Dispose()
    {
        _folder.Dispose();
        _data.Dispose();
    }

    [Fact]
    public async Task Replay_OfTexts_LabelsThemAsTheHostDoes()
    {
        var events = await ReplayAsync(
            Line("m1", "service_message", "text", "客服态度差，等了好几天还没到，要退货", "customer"),
            Line("m2", "service_message", "text", "We are sorry, it is late", "agent"),
            Line("m3", "review_posted", "review_body", "Love it, great quality and fast delivery", ""),
            Line("m4", "review_posted", "review_body", "Leider defekt angekommen, nie wieder.", ""));

        var labels = events.ToDictionary(static item => item.Id.Value, static item => item.Labels);
        Assert.True(labels["m1"]!.Value.IsComplaint);
        Assert.Equal(TextTopics.Delivery | TextTopics.Service | TextTopics.Returns, labels["m1"]!.Value.Topics);
        Assert.False(labels["m3"]!.Value.IsComplaint);
        Assert.Equal(TextTopics.Delivery | TextTopics.Quality, labels["m3"]!.Value.Topics);
        Assert.All((string[])["m2", "m4"], id => Assert.Null(labels[id]));
    }

    /// <summary>More texts in a batch than may wait for the live model: none is passed over.</summary>
    [Fact]
    public async Task Replay_OfManyTexts_LabelsEveryOne()
    {
        var events = await ReplayAsync([.. Enumerable.Range(0, Reviews)
            .Select(static i => Line($"m{i}", "review_posted", "review_body", $"Love it, great quality, order {i}", ""))]);

        Assert.Equal(Reviews, events.Count);
        Assert.All(events, static item => Assert.NotNull(item.Labels));
    }

    private static string Line(string id, string name, string property, string text, string from) => new JsonObject
    {
        ["type"] = "track", ["messageId"] = id, ["userId"] = $"u-{id}", ["event"] = name, ["timestamp"] = "2026-03-02T12:00:00Z",
        ["properties"] = new JsonObject { [property] = text, ["from"] = from },
    }.ToJsonString();

    private async Task<List<CustomerEvent>> ReplayAsync(params string[] lines)
    {
        _folder.Write("texts.ndjson", lines);
        var run = await CliRun.OfAsync(
            static console =>
            [
                ReplayVerb.Create(
                    console, (settings, dataDir, stop) => ComposedReplayEngine.StartAsync(settings, dataDir, TimeProvider.System, stop)),
            ],
            ["replay", "--format", "segment-ndjson", "--data", _folder.Path, "--data-dir", _data.Path]);
        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        return [.. EventLog.Read(SqliteStore.PathIn(_data.Path))];
    }
}
