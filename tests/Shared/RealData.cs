namespace RealtimeInsight.Tests;

/// <summary>Where the recorded shop data is.</summary>
internal static class RealData
{
    /// <summary>The folder that holds one folder a data set; null where there is none.</summary>
    public static string? Folder { get; } = Find();

    public static string Of(string set) => Path.Combine(Folder!, set);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("INSIGHT_DATA") is { Length: > 0 } named) return Directory.Exists(named) ? named : null;
        var beside = Path.Combine(Repository.Root, "..", "shared", "data");
        return Directory.Exists(beside) ? Path.GetFullPath(beside) : null;
    }
}
