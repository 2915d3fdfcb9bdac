namespace RealtimeInsight.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Full path of its root, without a trailing separator.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RealtimeInsight.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException(
            $"No RealtimeInsight.sln above {AppContext.BaseDirectory}: run the tests from their build folder.");
    }
}
