using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using RealtimeInsight.Cli.Tests.Kill;

namespace RealtimeInsight.Cli.Tests.Faults;

/// <summary>What the real process says and does when its disk, its files or its neighbours are not as they should be.</summary>
public sealed class FaultTests : IDisposable
{
    private const int UserVersionAt = 60;
    private const int PageSize = 8192;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly (string Name, string Value)[] s_settings =
    [
        ("REALTIME_INSIGHT_Intake__WriteKeys__0", KillLoad.WriteKey),
        ("REALTIME_INSIGHT_Api__ReadKeys__0", CustomerFacts.ReadKey),
        ("REALTIME_INSIGHT_Engine__CommitRetryMax", "00:00:00.200"),
    ];

    private readonly DataFolder _data = new();
    private readonly DataFolder _other = new();
    private readonly HttpClient _http = new() { Timeout = s_patience };

    private string Store => Path.Combine(_data.Path, "engine.db");

    public void Dispose()
    {
        _http.Dispose();
        _data.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task Run_OnAFolderThatIsInUse_NamesItAndEnds()
    {
        await using var first = await StartAsync(_data);
        await using var second = Launch(_data);

        Assert.Equal(ExitCodes.Usage, await second.ExitAsync());
        await second.SeenAsync($"the data folder {_data.Path} is in use by another process");
        await second.SeenAsync("--data-dir");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(first, "a")).StatusCode);
    }

    [Fact]
    public async Task Run_OnAStoreOfANewerVersion_NamesBothVersionsAndEnds()
    {
        await WriteAsync("a");
        var bytes = await File.ReadAllBytesAsync(Store);
        var known = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(UserVersionAt));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(UserVersionAt), 99);
        await File.WriteAllBytesAsync(Store, bytes);
        await using var host = Launch(_data);

        Assert.Equal(ExitCodes.Failure, await host.ExitAsync());
        await host.SeenAsync(string.Create(CultureInfo.InvariantCulture, $"store version is 99, this program knows up to {known}"));
    }

    [Fact]
    public async Task Run_OnADamagedStore_NamesFileAndPlaceAndWhatCanBeRead()
    {
        await WriteAsync("a", "damage-this-one", "c");
        await DamageAsync("damage-this-one-event", pages: true);
        await using var host = Launch(_data);

        Assert.Equal(ExitCodes.Failure, await host.ExitAsync());
        await host.SeenAsync($"{Store}: SQLite answered 11");
        await host.SeenAsync(" of the file)");
        await host.SeenAsync("restore a backup");
        await host.SeenAsync("log records up to offset");
        await using var again = Launch(_data);
        Assert.Equal(ExitCodes.Failure, await again.ExitAsync());
    }

    [Fact]
    public async Task Run_WithoutTheWriteAheadLogOfAKilledProcess_SaysWhatIsMissing()
    {
        await using (var killed = await StartAsync(_data))
        {
            await SendAsync(killed, "a");
            await killed.KillAsync();
        }

        File.Delete(Store + "-wal");
        await using var host = Launch(_data);

        Assert.Equal(ExitCodes.Failure, await host.ExitAsync());
        await host.SeenAsync("engine.db-wal was removed or damaged");
    }

    [CommandsFact("prlimit")]
    public Task Run_WhenTheDiskTakesNoMore_SaysSo_KeepsWhatItHas_AndGoesOnByItself() => GoesOnAfterAsync(
        host => LimitFilesAsync(host, "20000:unlimited"), said: "engine.db", host => LimitFilesAsync(host, "unlimited:unlimited"));

    [SmallDiskFact]
    public async Task Run_OnAFullDisk_SaysSo_AndGoesOnWhenThereIsSpace()
    {
        using var disk = new SmallDisk(_data.Path, megabytes: 16);
        await GoesOnAfterAsync(
            _ =>
            {
                disk.Fill();
                return Task.CompletedTask;
            },
            said: "full",
            _ =>
            {
                disk.MakeRoom();
                return Task.CompletedTask;
            });
    }

    [SmallDiskFact]
    public async Task Run_OnAReadOnlyDisk_NamesTheStoreAndEnds()
    {
        using var disk = new SmallDisk(_data.Path, megabytes: 16);
        await WriteAsync("a");
        disk.MakeReadOnly();
        await using var host = Launch(_data);

        Assert.NotEqual(ExitCodes.Success, await host.ExitAsync());
        await host.SeenAsync(_data.Path);
        await host.SeenAsync("ead-only");
    }

    [Fact]
    public async Task Backup_OfARunningEngine_ThenRestore_GivesItsCustomersBack()
    {
        var backup = Path.Combine(_other.Path, "backup", "one.db");
        await using (var host = await StartAsync(_data))
        {
            await SendAsync(host, "a");
            var made = await RunAsync("backup", "--data-dir", _data.Path, "--to", backup, "--json");
            Assert.True(made.ExitCode == ExitCodes.Success, made.Error);
            Assert.Contains("\"next_offset\":1", made.OutLines[^1], StringComparison.Ordinal);
            await SendAsync(host, "b");
            var underEngine = await RunAsync("restore", "--from", backup, "--data-dir", _data.Path, "--force");
            Assert.Equal(ExitCodes.Failure, underEngine.ExitCode);
            Assert.Contains("engine.lock", underEngine.Error, StringComparison.Ordinal);
            await host.KillAsync();
        }

        var refused = await RunAsync("restore", "--from", backup, "--data-dir", _data.Path);
        Assert.Equal(ExitCodes.Usage, refused.ExitCode);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Success, (await RunAsync("check", "--data-dir", _data.Path)).ExitCode);
        var restored = await RunAsync("restore", "--from", backup, "--data-dir", _data.Path, "--force");
        Assert.Equal(ExitCodes.Success, restored.ExitCode);
        Assert.Contains("before-restore-", restored.Error, StringComparison.Ordinal);
        await using var next = await StartAsync(_data);
        Assert.Equal(HttpStatusCode.OK, await ReadAsync(next, "a"));
        Assert.Equal(HttpStatusCode.NotFound, await ReadAsync(next, "b"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(next, "b")).StatusCode);
    }

    [Fact]
    public async Task Check_OfADamagedStore_AnswersOneAndNamesThePlace()
    {
        await WriteAsync("a", "damage-this-one", "c");
        await DamageAsync("damage-this-one-event");

        var run = await RunAsync("check", "--data-dir", _data.Path, "--json");

        Assert.Equal(ExitCodes.Failure, run.ExitCode);
        Assert.Contains("  damaged: log row at offset 1 ", run.Out, StringComparison.Ordinal);
        Assert.Contains("\"records\":2", run.OutLines[^1], StringComparison.Ordinal);
    }

    /// <summary>
    /// Writing fails from <paramref name="breaks"/> to <paramref name="heals"/>: the process says so, refuses events, still reads, goes on
    /// by itself, and has everything that it acknowledged after a kill.
    /// </summary>
    private async Task GoesOnAfterAsync(Func<RunningHost, Task> breaks, string said, Func<RunningHost, Task> heals)
    {
        await using (var host = await StartAsync(_data))
        {
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, "before")).StatusCode);
            await breaks(host);
            var waiting = SendAsync(host, "during");
            await host.SeenAsync("nothing is acknowledged");

            using var ready = await _http.GetAsync(new Uri($"{host.Address}/health/ready"));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
            Assert.Contains(said, await ready.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            using var refused = await SendAsync(host, "after");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
            Assert.Equal(HttpStatusCode.OK, await ReadAsync(host, "before"));
            Assert.False(waiting.IsCompleted);

            await heals(host);
            Assert.Equal(HttpStatusCode.OK, (await waiting).StatusCode);
            using var again = await _http.GetAsync(new Uri($"{host.Address}/health/ready"));
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, "after")).StatusCode);
            await host.KillAsync();
        }

        await using var next = await StartAsync(_data);
        foreach (var customer in new[] { "before", "during", "after" }) Assert.Equal(HttpStatusCode.OK, await ReadAsync(next, customer));
        Assert.Equal(ExitCodes.Success, await next.StopAsync());
    }

    private static RunningHost Launch(DataFolder data) => RunningHost.Launch(data.Path, ["--no-demo"], s_settings);

    private static Task<RunningHost> StartAsync(DataFolder data) => RunningHost.StartAsync(data.Path, ["--no-demo"], s_settings);

    private static async Task LimitFilesAsync(RunningHost host, string limit)
    {
        using var program = Process.Start("prlimit", ["--pid", host.Id.ToString(CultureInfo.InvariantCulture), $"--fsize={limit}"]);
        await program.WaitForExitAsync().WaitAsync(s_patience);
        Assert.Equal(0, program.ExitCode);
    }

    private static Task<CliRun> RunAsync(params string[] args) => CliRun.OfAsync(Program.Verbs, args);

    /// <summary>A life of the process in which each customer sends one event, ended in order.</summary>
    private async Task WriteAsync(params string[] customers)
    {
        await using var host = await StartAsync(_data);
        foreach (var customer in customers) Assert.Equal(HttpStatusCode.OK, (await SendAsync(host, customer)).StatusCode);
        Assert.Equal(ExitCodes.Success, await host.StopAsync());
    }

    /// <summary>Changes a byte wherever the text stands in the file, or the beginnings of the pages where it stands.</summary>
    private async Task DamageAsync(string text, bool pages = false)
    {
        var bytes = await File.ReadAllBytesAsync(Store);
        var pattern = Encoding.UTF8.GetBytes(text);
        var places = Enumerable.Range(0, bytes.Length).Where(at => bytes.AsSpan(at).StartsWith(pattern)).ToList();
        Assert.NotEmpty(places);
        foreach (var at in places)
        {
            if (pages) bytes.AsSpan(at / PageSize * PageSize, 200).Fill(0xFF);
            else bytes[at] ^= 1;
        }

        await File.WriteAllBytesAsync(Store, bytes);
    }

    private async Task<HttpResponseMessage> SendAsync(RunningHost host, string customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{host.Address}/v1/track"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", KillLoad.WriteKey);
        request.Content = new StringContent(
            $$"""{"userId":"{{customer}}","messageId":"{{customer}}-event","event":"Product Viewed","properties":{"product_id":"p1" } }""");
        return await _http.SendAsync(request);
    }

    private async Task<HttpStatusCode> ReadAsync(RunningHost host, string customer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{host.Address}/v1/customers/{customer}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", CustomerFacts.ReadKey);
        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }
}
