using System.Diagnostics;
using System.Text;

namespace RealtimeInsight.Cli.Tests;

/// <summary><c>insight run</c> as a process of its own, on a free port, ended by SIGTERM or, as a power cut would, by SIGKILL.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private const string ListensOn = "RealtimeInsight listens on ";
    private const string Started = "[5010]";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _wanted = [];
    private readonly TaskCompletionSource<string> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

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

    /// <summary>Done when it listens; the engine may still be recovering. Fails when the process ends before.</summary>
    public Task Listening => _address.Task;

    /// <summary>Done when the engine takes events; fails when the process ends before.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Never done while the process runs; fails, with what it wrote, when it has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Returns when the process listens and takes events.</summary>
    public static async Task<RunningHost> StartAsync(
        string dataDir, string[] options, IEnumerable<(string Name, string Value)> environment)
    {
        var host = Launch(dataDir, options, environment);
        await host.ReadyAsync();
        return host;
    }

    /// <summary>Done when it listens and takes events: either may come first.</summary>
    public Task ReadyAsync() => Task.WhenAll(Listening, Ready).WaitAsync(Patience);

    /// <summary>Returns at once, whatever becomes of the process.</summary>
    public static RunningHost Launch(string dataDir, string[] options, IEnumerable<(string Name, string Value)> environment)
    {
        string[] arguments = [CliPath, "run", "--port", "0", "--data-dir", dataDir, .. options];
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = dataDir,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var host = new RunningHost(new Process { StartInfo = start, EnableRaisingEvents = true });
        host._process.OutputDataReceived += (_, line) => host.Take(line.Data);
        host._process.ErrorDataReceived += (_, line) => host.Take(line.Data);
        host._process.Exited += (_, _) => host.End();
        host._process.Start();
        host._process.BeginOutputReadLine();
        host._process.BeginErrorReadLine();
        return host;
    }

    /// <summary>Ends the process as a power cut does: nothing of it runs any more, not even its last line.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    /// <summary>Waits for the process to end by itself; returns its exit code.</summary>
    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    /// <summary>The process's number, for programs that change its limits.</summary>
    public int Id => _process.Id;

    /// <summary>Done when a line with this text is written, or has been.</summary>
    public Task SeenAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_output)
        {
            if (_output.ToString().Contains(text, StringComparison.Ordinal)) seen.SetResult();
            else _wanted.Add((text, seen));
        }

        return seen.Task.WaitAsync(Patience);
    }

    /// <summary>True when the process has ended by itself in this time.</summary>
    public bool EndsWithin(TimeSpan time) => _process.WaitForExit(time);

    /// <summary>Asks the process to end as an operator does; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        return await ExitAsync();
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
        lock (_output)
        {
            _output.AppendLine(line);
            foreach (var (text, seen) in _wanted)
            {
                if (line.Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
            }
        }

        if (line.StartsWith(ListensOn, StringComparison.Ordinal))
        {
            Address = line[ListensOn.Length..].Trim();
            _address.TrySetResult(Address);
        }

        if (line.Contains(Started, StringComparison.Ordinal)) _ready.TrySetResult();
    }

    private void End()
    {
        var why = new InvalidOperationException($"the host ended:\n{Output}");
        _address.TrySetException(why);
        _ready.TrySetException(why);
        _ended.TrySetException(why);
        _ = (_address.Task.Exception, _ready.Task.Exception, _ended.Task.Exception);
    }
}
