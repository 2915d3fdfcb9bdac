using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RealtimeInsight.Host.Tests.Documents;

/// <summary>Runs what the README tells a new user to type, against the demo host that it tells him to start.</summary>
public sealed partial class ReadmeTests
{
    private const string ShownAddress = "http://127.0.0.1:8080";
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [RequiresProgramFact("curl")]
    public async Task Commands_AgainstTheDemo_AnswerAsShown()
    {
        using var folder = new TempFolder();
        using var output = new LineWriter();
        using var error = new StringWriter();
        using var stop = new CancellationTokenSource();
        var run = HostProgram.RunAsync(new HostArguments { Port = 0, DataDir = folder.Path }, output, error, stop.Token);
        var line = await output.LineAsync(static text => text.Contains("listens on http://", StringComparison.Ordinal), TestHost.Patience);
        var address = Address().Match(line).Value;
        await output.LineAsync(static text => text.StartsWith("-- ", StringComparison.Ordinal), TestHost.Patience);

        var blocks = Block().Matches(Readme).Select(static match => (match.Groups["kind"].Value, match.Groups["text"].Value)).ToList();
        var commands = 0;
        for (var i = 0; i < blocks.Count; i++)
        {
            if (blocks[i].Item1 != "sh" || !blocks[i].Item2.Contains("curl", StringComparison.Ordinal)) continue;
            var script = blocks[i].Item2.Replace(ShownAddress, address, StringComparison.Ordinal);
            var (code, answer) = await Programs.RunAsync("bash", ["-euo", "pipefail", "-c", script]);
            Assert.True(code == 0 && answer.Length > 0, $"'{script}' ended with {code}: {answer}");
            Assert.DoesNotContain("\"status\":404", answer);
            commands++;
            if (i + 1 == blocks.Count || blocks[i + 1].Item1 != "json") continue;
            AssertShown(JsonNode.Parse(blocks[i + 1].Item2)!, JsonNode.Parse(answer)!, "");
        }

        await stop.CancelAsync();
        Assert.Equal(HostProgram.ExitSuccess, await run.WaitAsync(TestHost.Patience));
        Assert.Equal(3, commands);
    }

    /// <summary>Every shown member is in the answer, with the shown value unless it is a measured number.</summary>
    private static void AssertShown(JsonNode shown, JsonNode? answered, string path)
    {
        Assert.True(answered is not null, $"README shows {path}, the answer has no such member");
        switch (shown)
        {
            case JsonObject members:
                foreach (var (name, value) in members) AssertShown(value!, answered[name], $"{path}.{name}");
                break;
            case JsonArray items when items.All(static item => item?.GetValueKind() == JsonValueKind.String):
                var names = answered.AsArray().Select(static name => (string)name!).ToList();
                Assert.All(items, item => Assert.Contains((string)item!, names));
                break;
            case JsonArray items:
                Assert.Equal(items.Count, answered.AsArray().Count);
                for (var i = 0; i < items.Count; i++) AssertShown(items[i]!, answered[i], $"{path}[{i}]");
                break;
            default:
                var isProbability = path is ".scores.churn" or ".scores.abandonment" or ".scores.purchase";
                if (isProbability) Assert.InRange((double)answered, 0, 1);
                else if (shown.GetValueKind() == JsonValueKind.Number) Assert.Equal((double)shown, (double)answered, 1e-3);
                else Assert.Equal(shown.ToJsonString(), answered.ToJsonString());
                break;
        }
    }

    [GeneratedRegex("^```(?<kind>sh|json)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("http://[0-9.]+:[0-9]+")]
    private static partial Regex Address();
}
