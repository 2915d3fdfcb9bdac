using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RealtimeInsight.Host.Tests;

/// <summary>A host with a real server on a free port of this machine, over a fake engine.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    public const string WriteKey = "write-key-1";
    public const string ReadKey = "read-key-1";
    public const string AdminKey = "admin-key-1";

    /// <summary>Longest wait for a signal; only reached when something is broken.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TempFolder _folder;

    private TestHost(InsightHost host, FakeEngine engine, SettableTime time, TempFolder folder)
    {
        Host = host;
        Engine = engine;
        Time = time;
        _folder = folder;
        Client = new HttpClient { BaseAddress = new Uri(host.Address), Timeout = Patience };
    }

    public InsightHost Host { get; }

    public FakeEngine Engine { get; }

    public SettableTime Time { get; }

    public HttpClient Client { get; }

    public static async Task<TestHost> StartAsync(
        bool isDemo = false, Dictionary<string, string?>? settings = null, FakeEngine? engine = null)
    {
        var folder = new TempFolder();
        engine ??= new FakeEngine();
        var time = new SettableTime();
        var given = new Dictionary<string, string?> 
        {
            ["Intake:WriteKeys:0"] = WriteKey, ["Api:ReadKeys:0"] = ReadKey, ["Api:AdminKeys:0"] = AdminKey,
        };
        foreach (var (key, value) in settings ?? []) given[key] = value;
        var read = HostSettings.Read(new HostArguments { Port = 0, DataDir = folder.Path, NoDemo = !isDemo, Settings = given });
        var host = InsightHost.Build(read, TextWriter.Null, services =>
        {
            services.AddSingleton<IEngineLauncher>(engine);
            services.AddSingleton<TimeProvider>(time);
            // Access of a demo is tested here, not its shop.
            foreach (var demo in services.Where(service => service.ServiceType == typeof(IHostedService)
                && service.ImplementationType?.Namespace == "RealtimeInsight.Host.Demo").ToList())
            {
                services.Remove(demo);
            }
        });
        await host.StartAsync(CancellationToken.None);
        var test = new TestHost(host, engine, time, folder);
        if (engine.StartHold is null) await test.ReadyAsync();
        return test;
    }

    /// <summary>Returns when the engine's gate is open.</summary>
    public async Task ReadyAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await Host.Services.GetRequiredService<EngineGate>().OpenedAsync(limit.Token);
    }

    public async Task<Answer> PostAsync(
        string path, string body, string? key = WriteKey, bool isGzip = false, string? type = "application/json",
        Action<HttpRequestMessage>? change = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(isGzip ? Gzip(bytes) : bytes) };
        if (isGzip) request.Content.Headers.ContentEncoding.Add("gzip");
        if (type is not null) request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (key is not null) request.Headers.Authorization = Basic(key);
        change?.Invoke(request);
        using var response = await Client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async Task<Answer> GetAsync(string path, string? key = ReadKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await Client.SendAsync(request);
        return await Answer.OfAsync(response);
    }

    public async Task<string> MetricsAsync() => await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

    /// <summary>Asserts the value of the one sample that has the name and all the labels.</summary>
    public async Task AssertMetricAsync(double expected, string name, params (string Name, string Value)[] labels)
    {
        var found = (await MetricsAsync()).Split('\n')
            .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal))
            .Where(line => labels.All(label => line.Contains($"{label.Name}=\"{label.Value}\"", StringComparison.Ordinal)))
            .Select(line => double.Parse(line.Split("} ")[^1].Split(' ')[line.Contains('}') ? 0 : 1]))
            .ToList();
        Assert.Equal(expected, Assert.Single(found));
    }

    public static AuthenticationHeaderValue Basic(string key) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{key}:")));

    public static byte[] Gzip(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var zip = new GZipStream(output, CompressionLevel.Fastest)) zip.Write(bytes);
        return output.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Engine.Hold?.TrySetResult();
        Engine.StartHold?.TrySetResult();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Status, headers and JSON of a response.</summary>
internal sealed record Answer(HttpStatusCode Status, HttpResponseHeaders Headers, string? MediaType, string Text)
{
    public JsonNode Json => JsonNode.Parse(Text)!;

    public JsonArray Rejected => Json["rejected"]!.AsArray();

    public int Accepted => (int)Json["accepted"]!;

    public (int Index, string Code, string Message) Reject(int at) =>
        ((int)Rejected[at]!["index"]!, (string)Rejected[at]!["code"]!, (string)Rejected[at]!["message"]!);

    public static async Task<Answer> OfAsync(HttpResponseMessage response) => new(
        response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
}
