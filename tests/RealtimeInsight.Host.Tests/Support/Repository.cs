namespace RealtimeInsight.Host.Tests;

/// <summary>The folder of the solution, above the test's own.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "RealtimeInsight.sln"))
        ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("no RealtimeInsight.sln above the tests"));
}
