using System.ComponentModel;
using System.Diagnostics;

namespace RealtimeInsight.Architecture.Tests;

/// <summary>The files of the repository: what git tracks or would track, or a walk of the folder where there is no git.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] GeneratedFolders = ["bin", "obj", "node_modules", "__pycache__", ".git", ".vs", ".insight", ".data"];

    /// <summary>Git's exit code where there is no repository or it may not be read.</summary>
    private const int GitCannotTell = 128;

    private static readonly HashSet<string> BinaryExtensions =
        new(StringComparer.OrdinalIgnoreCase) { ".onnx", ".png", ".gz", ".ico", ".woff2", ".npy", ".npz", ".bin", ".db", ".pt" };

    /// <summary>Full path of the repository root, without a trailing separator.</summary>
    public static string Root => Repository.Root;

    /// <summary>Paths relative to <see cref="Root"/>, with forward slashes.</summary>
    public static IReadOnlyList<string> All { get; } = List();

    public static IEnumerable<string> Text => All.Where(path => !BinaryExtensions.Contains(Path.GetExtension(path)));

    public static string Full(string path) => Path.Combine(Root, path);

    public static string Read(string path) => File.ReadAllText(Full(path));

    public static string[] Lines(string path) => File.ReadAllLines(Full(path));

    /// <summary>Runs git in the root; null where git is missing or cannot read the repository.</summary>
    public static (int ExitCode, string Output)? Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git") { WorkingDirectory = Root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            errors.Wait();
            return process.ExitCode == GitCannotTell ? null : (process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static List<string> List()
    {
        var tracked = Git("ls-files", "--cached", "--others", "--exclude-standard", "-z");
        var paths = tracked is { ExitCode: 0 } listed
            ? listed.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries)
            : Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !path.Split('/').Intersect(GeneratedFolders).Any());
        return [.. paths.Where(path => File.Exists(Full(path))).Distinct().Order(StringComparer.Ordinal)];
    }
}
