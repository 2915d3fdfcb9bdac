namespace RealtimeInsight.Cli.Tests.Training;

/// <summary>The folder that holds the solution.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RealtimeInsight.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"no RealtimeInsight.sln above {AppContext.BaseDirectory}; run the tests from the repository");
    }
}
