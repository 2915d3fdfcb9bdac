namespace RealtimeInsight.Cli.Tests;

/// <summary>A test that runs programs of the machine; skipped, with the reason, where one is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CommandsFactAttribute : FactAttribute
{
    public CommandsFactAttribute(params string[] commands)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = commands.Where(command => !folders.Any(folder => File.Exists(Path.Combine(folder, command)))).ToList();
        if (missing.Count > 0) Skip = $"{string.Join(", ", missing)} is not installed";
    }
}
