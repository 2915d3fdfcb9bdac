using System.Diagnostics;
using System.Text;

namespace RealtimeInsight.Cli.Tests.Readme;

/// <summary><c>insight run</c> as a process of its own, on a free port, ended by SIGTERM.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private const string ListensOn = "RealtimeInsight listens on ";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningHost(Process process) => _process = process;

    /// <summary>Without a slash at the end.</summary>
    public string Address { get; private set; } = "";

    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static string CliPath => Path.Combine(AppContext.BaseDirectory, "RealtimeInsight.Cli.dll");

    public static async Task<RunningHost> StartAsync(string dataDir, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [CliPath, "run", "--port", "0", "--data-dir", dataDir])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = dataDir,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var host = new RunningHost(new Process { StartInfo = start, EnableRaisingEvents = true });
        host._process.OutputDataReceived += (_, line) => host.Take(line.Data);
        host._process.ErrorDataReceived += (_, line) => host.Take(line.Data);
        host._process.Exited += (_, _) => host._address.TrySetException(new InvalidOperationException($"the host ended:\n{host.Output}"));
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        host.Address = await host._address.Task.WaitAsync(Patience);
        return host;
    }

    /// <summary>Asks the process to end as an operator does; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        if (line.StartsWith(ListensOn, StringComparison.Ordinal)) _address.TrySetResult(line[ListensOn.Length..].Trim());
    }
}
