using System.Net;
using System.Net.Sockets;
using System.Text;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli.Tests.Operate;

public sealed class OperateVerbTests
{
    private const string Letters = """
        {"items":[{"decision_id":"dec_1","channel":"webhook","created_at":"t1","died_at":"t2","attempts":3,"status_code":503,
         "reason":"busy"}],"next":"7.dec_1"}
        """;

    [Theory]
    [InlineData("dead-letters list --channel webhook --newer-than 24h --limit 5",
        "GET /v1/dead-letters?channel=webhook&newer_than=24h&limit=5 ")]
    [InlineData("dead-letters show dec_1", "GET /v1/dead-letters/dec_1 ")]
    [InlineData("dead-letters redrive dec_1", "POST /v1/dead-letters/dec_1/redrive ")]
    [InlineData("dead-letters redrive --all --older-than 2d", "POST /v1/dead-letters/redrive ")]
    [InlineData("endpoints list", "GET /v1/endpoints ")]
    [InlineData("endpoints enable web/hook", "POST /v1/endpoints/web%2Fhook/enable ")]
    [InlineData("rejects list --code late --open --before 9", "GET /v1/rejects?code=late&replayed=false&before=9 ")]
    [InlineData("rejects show 17", "GET /v1/rejects/17 ")]
    [InlineData("erase anon:3f/9c", "DELETE /v1/customers/anon%3A3f%2F9c ")]
    [InlineData("learning show", "GET /v1/learning ")]
    [InlineData("learning freeze variants", "POST /v1/learning/freeze?part=variants ")]
    [InlineData("learning unfreeze variants", "POST /v1/learning/unfreeze?part=variants ")]
    [InlineData("learning reset variants", "POST /v1/learning/reset?part=variants ")]
    public async Task Verb_Asks_WhatTheInterfaceOffers(string line, string request)
    {
        using var engine = new OneAnswer(200, """{"redriven":2}""");

        var run = await RunAsync([.. line.Split(' '), "--url", engine.Url, "--key", "key-1234"]);

        Assert.True(run.ExitCode == ExitCodes.Success, run.Error);
        var asked = await engine.Asked;
        Assert.StartsWith(request, asked, StringComparison.Ordinal);
        Assert.Contains("Authorization: Bearer key-1234", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ShowsATable_OrTheAnswerAsOneLine()
    {
        using var first = new OneAnswer(200, Letters);
        using var second = new OneAnswer(200, Letters);

        var table = await RunAsync("dead-letters", "list", "--url", first.Url);
        var json = await RunAsync("dead-letters", "list", "--json", "--url", second.Url);

        Assert.Equal(["decision_id  channel  created_at  died_at  attempts  status_code  reason",
            "dec_1        webhook  t1          t2       3         503          busy"], table.OutLines);
        Assert.StartsWith("""{"items":[{"decision_id":"dec_1",""", Assert.Single(json.OutLines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(200, """{"outcome":"accepted","was_done":false,"rejected":[]}""", ExitCodes.Success, "accepted")]
    [InlineData(200, """{"outcome":"accepted","was_done":true,"rejected":[]}""", ExitCodes.Success, "earlier replay")]
    [InlineData(422, """{"outcome":"late","rejected":[{"code":"late","message":"too old"}]}""", ExitCodes.Failure, "late: too old")]
    public async Task Replay_TellsTheOutcome_AndAnswersWithTheCode(int status, string answer, int code, string shown)
    {
        using var engine = new OneAnswer(status, answer);

        var run = await RunAsync("rejects", "replay", "17", "--patch", """{"userId":"ada"}""", "--take-late", "--url", engine.Url);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(shown, run.Out, StringComparison.Ordinal);
        var asked = await engine.Asked;
        Assert.StartsWith("POST /v1/rejects/17/replay?take_late=true ", asked, StringComparison.Ordinal);
        Assert.Contains("application/merge-patch+json", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Erase_TellsWhatWent_AndFailsForAnUnknownId()
    {
        using var known = new OneAnswer(200, """{"ids":2,"records":11,"states":1,"decisions":3,"rejects":4}""");
        using var rejected = new OneAnswer(200, """{"ids":0,"records":0,"states":0,"decisions":0,"rejects":3}""");
        using var unknown = new OneAnswer(404, """{"title":"No such customer","detail":"Nothing is known under this id."}""");

        var erased = await RunAsync("erase", "ada", "--url", known.Url);
        var neverTaken = await RunAsync("erase", "eve", "--url", rejected.Url);
        var refused = await RunAsync("erase", "bea", "--url", unknown.Url);

        Assert.Equal(["erased: ids 2, decisions 3, rejects 4; overwritten: log records 11, saved states 1"], erased.OutLines);
        Assert.Equal(["erased: rejects 3; the id never became a customer"], neverTaken.OutLines);
        Assert.Equal(ExitCodes.Failure, refused.ExitCode);
        Assert.Contains("404: Nothing is known under this id.", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusal_IsToldInTheEnginesWords()
    {
        using var engine = new OneAnswer(401, """{"title":"An admin key is needed","detail":"Send a key of Api:AdminKeys"}""");

        var run = await RunAsync("endpoints", "enable", "webhook", "--url", engine.Url);

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("401: Send a key of Api:AdminKeys", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dead-letters redrive")]
    [InlineData("dead-letters redrive dec_1 --all")]
    [InlineData("rejects replay 1 --patch {} --body x")]
    [InlineData("rejects replay 1 --body no-such-file")]
    [InlineData("rejects list --url nowhere")]
    [InlineData("learning rollback no-such-file")]
    [InlineData("learning export no/such/folder/x --url nowhere")]
    [InlineData("erase .")]
    [InlineData("erase ..")]
    [InlineData("erase ")]
    public async Task Options_ThatDoNotFit_AreUsageErrors(string line)
    {
        var run = await RunAsync(line.Split(' '));

        Assert.Equal(ExitCodes.Usage, run.ExitCode);
        Assert.Empty(run.Out);
    }

    [Fact]
    public async Task Learning_ShowsTheVariants_AndSaysWhenThereAreNone()
    {
        using var some = new OneAnswer(200, """
            {"variants":{"is_frozen":true,"items":[{"rule":"offer","variant":"ten","probability":0.7,"mean":0.1,"low":0,"high":0.2,
             "decisions":12.5,"rewards":1,"open":3}]}}
            """);
        using var none = new OneAnswer(200, """{"variants":null}""");
        using var items = new OneAnswer(200, """
            {"items":{"is_frozen":false,"known":7,"judged":5,"hit_rate":0.4,"mrr":0.2},
             "statistics":{"is_frozen":true,"items":7,"categories":2,"conversion":null}}
            """);
        var stream = await RunAsync("learning", "show", "--url", items.Url);
        Assert.Equal(["items: 7 known, HR@20 0.4 and MRR@20 0.2 of 5 lists recommended before the next item",
            "statistics (frozen): 7 items, 2 categories, - pieces ordered for each look"], stream.OutLines);

        var shown = await RunAsync("learning", "show", "--url", some.Url);
        var empty = await RunAsync("learning", "show", "--url", none.Url);

        Assert.Equal(["variants of rules (frozen)",
            "rule   variant  probability  mean  low  high  decisions  rewards  open",
            "offer  ten      0.7          0.1   0    0.2   12.5       1        3"], shown.OutLines);
        Assert.Equal(["nothing is learned: all of it is off"], empty.OutLines);
    }

    [Fact]
    public async Task Learning_ExportThenRollback_SendsTheSame()
    {
        const string Export = """{"exported_at":"2026-01-01T00:00:00Z","learned":"AQID"}""";
        using var folder = new DataFolder();
        var file = Path.Combine(folder.Path, "learned.json");
        using var giving = new OneAnswer(200, Export);
        using var taking = new OneAnswer(200, """{"variants":null}""");

        var export = await RunAsync("learning", "export", file, "--url", giving.Url);
        var rollback = await RunAsync("learning", "rollback", file, "--url", taking.Url);

        Assert.True(export.ExitCode == ExitCodes.Success && rollback.ExitCode == ExitCodes.Success, export.Error + rollback.Error);
        Assert.StartsWith("GET /v1/learning/export ", await giving.Asked, StringComparison.Ordinal);
        Assert.StartsWith("POST /v1/learning/rollback ", await taking.Asked, StringComparison.Ordinal);
        Assert.Equal(Export, System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(file))!.ToJsonString());
    }

    private static Task<CliRun> RunAsync(params string[] arguments) => CliRun.OfAsync(
        static console =>
        [
            DeadLettersVerb.Create(console), EndpointsVerb.Create(console), RejectsVerb.Create(console), LearningVerb.Create(console),
            EraseVerb.Create(console),
        ],
        arguments);

    /// <summary>Something at an address of this machine that answers one request.</summary>
    private sealed class OneAnswer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public OneAnswer(int status, string answer)
        {
            _listener.Start();
            Asked = AnswerAsync(status, answer);
        }

        public string Url => $"http://{_listener.LocalEndpoint}";

        /// <summary>Head of the request.</summary>
        public Task<string> Asked { get; }

        public void Dispose() => _listener.Dispose();

        private async Task<string> AnswerAsync(int status, string answer)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            var stream = client.GetStream();
            var head = new StringBuilder();
            var buffer = new byte[8 * 1024];
            while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                var read = await stream.ReadAsync(buffer);
                if (read == 0) break;
                head.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }

            var body = Encoding.UTF8.GetBytes(answer);
            var start = $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n"
                + "Connection: close\r\n\r\n";
            await stream.WriteAsync(Encoding.UTF8.GetBytes(start));
            await stream.WriteAsync(body);
            return head.ToString();
        }
    }
}
