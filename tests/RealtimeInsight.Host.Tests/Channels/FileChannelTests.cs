using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Host.Channels;

namespace RealtimeInsight.Host.Tests.Channels;

public sealed class FileChannelTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Actions_AreLines_EachOnce_AlsoOverARestart()
    {
        using (var first = Channel())
        {
            await first.SendAsync([Message("a"), Message("b"), Message("a")], CancellationToken.None);
            await first.SendAsync(Message("b", attempt: 2), CancellationToken.None);
        }

        using (var second = Channel())
        {
            Assert.Equal(DeliveryStatus.Delivered, (await second.SendAsync(Message("a"), CancellationToken.None)).Status);
            await second.SendAsync([Message("c"), Message("b")], CancellationToken.None);
        }

        Assert.Equal(["a", "b", "c"], Ids("out.ndjson"));
    }

    /// <summary>Law: wherever a crash cuts the file, sending everything again gives each action once, in whole lines.</summary>
    [Fact]
    public async Task Crash_AtAnyByte_AndEverythingSentAgain_GivesEachActionOnce()
    {
        string[] ids = ["a", "b", "c"];
        using (var first = Channel()) await first.SendAsync([.. ids.Select(id => Message(id))], CancellationToken.None);
        var whole = await File.ReadAllBytesAsync(Full("out.ndjson"));
        for (var length = 0; length <= whole.Length; length++)
        {
            await File.WriteAllBytesAsync(Full("out.ndjson"), whole[..length]);
            using (var again = Channel()) await again.SendAsync([.. ids.Select(id => Message(id))], CancellationToken.None);
            Assert.Equal(ids, Ids("out.ndjson"));
        }
    }

    [Fact]
    public async Task Files_BeyondTheirSize_AreNumbered_AndTheOldestGo_WithoutAnActionTwice()
    {
        var options = Options();
        options.FileBytesMax = 64 << 10;
        options.FilesMax = 3;
        var filler = new string('x', 30_000);
        using (var channel = new FileChannel("out", [], options, _folder.Path))
        {
            for (var i = 0; i < 14; i++) await channel.SendAsync(Message($"d{i}", text: filler), CancellationToken.None);
            Assert.Equal(
                ["out.000004.ndjson", "out.000005.ndjson", "out.000006.ndjson", "out.ndjson"],
                Directory.GetFiles(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
            await channel.SendAsync(Message("d11"), CancellationToken.None);
            await channel.SendAsync(Message("d6", attempt: 2), CancellationToken.None);
        }

        using (var again = new FileChannel("out", [], options, _folder.Path))
        {
            await again.SendAsync([Message("d12"), Message("d10")], CancellationToken.None);
        }

        var all = Directory.GetFiles(_folder.Path).Order(StringComparer.Ordinal).SelectMany(path => Ids(Path.GetFileName(path)!)).ToList();
        Assert.Equal(Enumerable.Range(6, 8).Select(i => $"d{i}"), all);
    }

    [Fact]
    public async Task File_ThatCannotBeWritten_IsRetried_AndWorksOnceItCan()
    {
        Directory.CreateDirectory(Full("out.ndjson"));
        using var channel = Channel();
        var failed = await channel.SendAsync(Message("a"), CancellationToken.None);
        Directory.Delete(Full("out.ndjson"));
        var delivered = await channel.SendAsync(Message("a", attempt: 2), CancellationToken.None);

        Assert.Equal((DeliveryStatus.Retry, DeliveryStatus.Delivered), (failed.Status, delivered.Status));
        Assert.DoesNotContain(_folder.Path, failed.Detail);
        Assert.Equal(["a"], Ids("out.ndjson"));
    }

    private static ChannelOptions Options() => new() { Kind = ChannelKind.File };

    private FileChannel Channel() => new("out", [], Options(), _folder.Path);

    private string Full(string name) => Path.Combine(_folder.Path, name);

    private List<string> Ids(string name)
    {
        var text = File.ReadAllText(Full(name));
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        return [.. text.Split('\n')[..^1].Select(line => (string)JsonNode.Parse(line)!["id"]!)];
    }

    private static ActionMessage Message(string id, int attempt = 1, string text = "") => new(
        id, "ada", ActionBody.Type, attempt, Sample.At,
        Encoding.UTF8.GetBytes(new JsonObject { ["id"] = id, ["data"] = new JsonObject { ["text"] = text } }.ToJsonString()));
}
