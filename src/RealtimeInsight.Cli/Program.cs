using System.CommandLine;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Training;
using RealtimeInsight.Cli.Verbs;

namespace RealtimeInsight.Cli;

/// <summary>Process entry: parses the command line and runs one verb.</summary>
public static class Program
{
    /// <summary>Runs the verb named in <paramref name="args"/>. Returns the process exit code, see <see cref="ExitCodes"/>.</summary>
    public static Task<int> Main(string[] args)
    {
        var console = CliConsole.ForProcess();
        return CommandLine.RunAsync(CommandLine.Create(Verbs(console)), args, console, CancellationToken.None);
    }

    /// <summary>Every verb of the program.</summary>
    public static IReadOnlyList<Command> Verbs(CliConsole console) =>
    [
        RunVerb.Create(console),
        ReplayVerb.Create(console, (settings, dataDir, stop) => ComposedReplayEngine.StartAsync(settings, dataDir, console.Time, stop)),
        FeaturesVerb.Create(console),
        TrainVerb.Create(
            console,
            Environment.GetEnvironmentVariable(Trainer.RootVariable),
            Environment.GetEnvironmentVariable(Trainer.PythonVariable)),
        FederateVerb.Create(
            console,
            Environment.GetEnvironmentVariable(Trainer.RootVariable),
            Environment.GetEnvironmentVariable(Trainer.PythonVariable)),
        EvaluateVerb.Create(console),
        SimulateVerb.Create(console),
        ModelsVerb.Create(console),
        ClassifyVerb.Create(console, Console.In),
        TrainTextsVerb.Create(console, Environment.GetEnvironmentVariable(Trainer.RootVariable)),
        BenchVerb.Create(console),
        HealthVerb.Create(console),
        RejectsVerb.Create(console),
        DeadLettersVerb.Create(console),
        EndpointsVerb.Create(console),
        EraseVerb.Create(console),
        DecisionsVerb.Create(console),
        ItemsVerb.Create(console, Environment.GetEnvironmentVariable(Trainer.RootVariable)),
        LearningVerb.Create(console),
        .. BackupVerb.CreateAll(console),
    ];
}
