namespace RealtimeInsight.Silo;

/// <summary>Process entry of a silo.</summary>
public static class Program
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <returns>0 after a clean stop, 1 when it failed while running, 2 when it cannot start.</returns>
    public static Task<int> Main(string[] args) => SiloProgram.RunAsync(args, Console.Out, Console.Error, CancellationToken.None);
}
