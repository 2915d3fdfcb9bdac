using System.Diagnostics;
using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Tests.Training;

/// <summary>Runs a script of laws about the trainer, on features of small simulated shops.</summary>
internal static class TrainingLaws
{
    /// <summary>Fails with what the script said when a law does not hold.</summary>
    /// <param name="script">A file beside this one.</param>
    public static async Task HoldAsync(string script, TimeSpan runMax, params string[] folders)
    {
        var run = await RunAsync($"tests/RealtimeInsight.Cli.Tests/Training/{script}", runMax, folders);

        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains("the laws hold", run.Out);
    }

    /// <summary>Runs a script of the repository with the trainer's modules.</summary>
    public static async Task<CliRun> RunAsync(string script, TimeSpan runMax, params string[] arguments)
    {
        var start = new ProcessStartInfo(TrainingPython.Path!, [Path.Combine(Repository.Root, script), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PYTHONPATH"] = Path.Combine(Repository.Root, "src", "training");
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        using var stop = new CancellationTokenSource(runMax);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(stop.Token), process.StandardError.ReadToEndAsync(stop.Token));
        await process.WaitForExitAsync(stop.Token);
        return new CliRun(process.ExitCode, await output, await error);
    }

    /// <summary>Features of sixty simulated customers; answers their folder.</summary>
    public static string WriteShop(DirectoryInfo parent, string name, long seed)
    {
        var folder = Path.Combine(parent.FullName, name);
        var console = new CliConsole(TextWriter.Null, TextWriter.Null, null, TimeProvider.System);
        new FeatureJob(console).Run(
            new FeatureSettings { Out = folder, Seed = seed, Customers = 60, Days = FeatureSettings.DaysLeast }, CancellationToken.None);
        return folder;
    }
}
