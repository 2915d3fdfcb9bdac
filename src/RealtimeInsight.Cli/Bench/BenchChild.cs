using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Bench;

/// <summary>A process of this program that does a part of a scenario (see <see cref="BenchWorker"/>) and can be killed.</summary>
internal sealed class BenchChild : IDisposable
{
    private readonly Process _process;

    private BenchChild(Process process) => _process = process;

    public static BenchChild Start(string mode, string folder, params (string Option, double Value)[] options)
    {
        var start = new ProcessStartInfo(Host()) { RedirectStandardOutput = true, RedirectStandardInput = true, UseShellExecute = false };
        string[] arguments = ["exec", typeof(BenchChild).Assembly.Location, "bench", "worker", "--mode", mode, "--folder", folder];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);

        foreach (var (option, value) in options)
        {
            start.ArgumentList.Add($"--{option}");
            start.ArgumentList.Add(value.ToString("R", CultureInfo.InvariantCulture));
        }

        return new BenchChild(Process.Start(start) ?? throw CliException.Failure("the second process of the bench did not start"));
    }

    /// <summary>The next message of the process; null when it has ended.</summary>
    public async Task<JsonObject?> ReadAsync(CancellationToken cancellationToken)
    {
        var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        return line is null ? null : (JsonObject)JsonNode.Parse(line)!;
    }

    /// <summary>The next message, which has to come.</summary>
    /// <exception cref="CliException">The process has ended.</exception>
    public async Task<JsonObject> ExpectAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken).ConfigureAwait(false)
        ?? throw CliException.Failure("the second process of the bench ended early; its messages are above");

    /// <summary>Ends the process as kill -9 does, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private static string Host()
    {
        var path = Environment.ProcessPath;
        if (Path.GetFileNameWithoutExtension(path) == "dotnet") return path!;
        return Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
    }
}
