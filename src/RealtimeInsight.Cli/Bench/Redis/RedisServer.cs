using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;

namespace RealtimeInsight.Cli.Bench.Redis;

/// <summary>A Redis of the benchmark's own: on a socket in its folder, nothing written to disk, stopped when disposed.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Program = "redis-server";
    private static readonly TimeSpan s_startMax = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RedisServer(Process process, string socket)
    {
        _process = process;
        EndPoint = new UnixDomainSocketEndPoint(socket);
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) _ready.TrySetException(new IOException($"{Program} ended while it started"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.OrdinalIgnoreCase)) _ready.TrySetResult();
        };
        _process.BeginOutputReadLine();
    }

    public UnixDomainSocketEndPoint EndPoint { get; }

    /// <summary>Processor time that the server has used.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <exception cref="BenchUnavailableException">It is not installed.</exception>
    /// <exception cref="CliException">It does not start.</exception>
    public static async Task<RedisServer> StartAsync(BenchFolder folder, TimeProvider time, CancellationToken cancellationToken)
    {
        var socket = Path.Combine(folder.Path, "redis.sock");
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true, WorkingDirectory = folder.Path };
        string[] arguments =
            ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder.Path, "--daemonize", "no"];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        RedisServer? server = null;
        try
        {
            server = new RedisServer(Process.Start(start)!, socket);
            await server._ready.Task.WaitAsync(s_startMax, time, cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch (Win32Exception fault)
        {
            throw new BenchUnavailableException(
                $"{Program} is not installed; install it (apt-get install redis-server) and run the scenario again", fault);
        }
        catch (Exception fault) when (fault is TimeoutException or IOException)
        {
            server?.Dispose();
            throw CliException.Failure($"{Program} did not start: {fault.Message}", fault);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
