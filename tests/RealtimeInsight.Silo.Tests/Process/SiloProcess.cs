using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Silo.Tests.Process;

/// <summary>A silo as a process of its own, with real ports, and a client of its HTTP interface.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    /// <summary>Longest wait for a signal; only reached when something is broken.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private const int PortMin = 20_000;
    private const int Ports = 10_000;

    /// <summary>Starts elsewhere in each test process.</summary>
    private static int s_portsGiven = Environment.ProcessId * 61 % Ports;

    private readonly System.Diagnostics.Process _process;
    private readonly DirectoryInfo _folder;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SiloProcess(int siloPort, int gatewayPort, int? first, IEnumerable<string> settings)
    {
        (SiloPort, GatewayPort) = (siloPort, gatewayPort);
        _folder = Directory.CreateTempSubdirectory("silo");
        var httpPort = FreePort();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = Patience };
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName,
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "RealtimeInsight.Silo.dll"), "--Intake:WriteKeys:0=write-key-1",
            "--Api:ReadKeys:0=read-key-1", $"--Host:Port={httpPort}", $"--Host:DataDir={_folder.FullName}",
            $"--Cluster:SiloPort={siloPort}", $"--Cluster:GatewayPort={gatewayPort}", $"--Cluster:FirstSiloPort={first ?? 0}", .. settings,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = new System.Diagnostics.Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(new InvalidOperationException(Output));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public HttpClient Client { get; }

    public string Output => string.Join('\n', _lines);

    /// <summary>Returns when the silo has joined its cluster and serves.</summary>
    /// <param name="first">Another silo of the cluster; null for the first one.</param>
    public static async Task<SiloProcess> StartAsync(SiloProcess? first, params string[] settings)
    {
        var silo = new SiloProcess(FreePort(), FreePort(), first?.SiloPort, settings);
        await silo._listening.Task.WaitAsync(Patience);
        return silo;
    }

    /// <summary>Runs a silo that cannot start to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(int siloPort, params string[] settings)
    {
        await using var silo = new SiloProcess(siloPort, FreePort(), null, settings);
        await silo._process.WaitForExitAsync().WaitAsync(Patience);
        return (silo._process.ExitCode, silo.Output);
    }

    /// <summary>
    /// A port that nobody listens on and that was not given before. It lies below those that connections are made from, so that none of
    /// them takes it until the silo does.
    /// </summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = PortMin + (Interlocked.Increment(ref s_portsGiven) % Ports);
            using var probe = new TcpListener(IPAddress.Loopback, port);
            try
            {
                probe.Start();
                return port;
            }
            catch (SocketException problem) when (problem.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }
    }

    public async Task<JsonNode> TrackAsync(string customer, string name, string messageId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/track")
        {
            Content = JsonContent.Create(
                new { userId = customer, @event = name, messageId, properties = new { product_id = "p", price = 5 } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "write-key-1");
        using var response = await Client.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    public Task<JsonNode> InsightAsync(string customer) => AskAsync(HttpMethod.Get, $"/v1/customers/{customer}", "read-key-1");

    /// <summary>The answer's document, whatever its status.</summary>
    public async Task<JsonNode> AskAsync(HttpMethod method, string path, string key, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = JsonContent.Create(body);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var response = await Client.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Asks the silo to stop as Kubernetes does.</summary>
    public async Task<int> StopAsync()
    {
        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", $"{_process.Id}"])) await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Take(string? line)
    {
        if (line is null) return;
        _lines.Enqueue(line);
        if (line.Contains("Ctrl-C stops it", StringComparison.Ordinal)) _listening.TrySetResult();
    }
}
