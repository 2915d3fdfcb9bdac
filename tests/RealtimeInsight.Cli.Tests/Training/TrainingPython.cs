using System.ComponentModel;
using System.Diagnostics;

namespace RealtimeInsight.Cli.Tests.Training;

/// <summary>An interpreter that can train, as the verb looks for one.</summary>
internal static class TrainingPython
{
    /// <summary>Null where there is none.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        string?[] candidates = [Environment.GetEnvironmentVariable("INSIGHT_PYTHON"), "python3", "/usr/bin/python3"];
        return candidates.FirstOrDefault(python => !string.IsNullOrEmpty(python) && HasModules(python));
    }

    private static bool HasModules(string python)
    {
        try
        {
            var start = new ProcessStartInfo(python) { RedirectStandardError = true, RedirectStandardOutput = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("import importlib.util as u; [u.find_spec(m).name for m in ('torch', 'sklearn', 'onnx')]");
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            // There is no program of this name.
            return false;
        }
    }
}

/// <summary>A test that trains; skipped, with the reason, where Python lacks the packages.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TrainingFactAttribute : FactAttribute
{
    public TrainingFactAttribute()
    {
        if (TrainingPython.Path is null)
        {
            Skip = "no Python with torch, sklearn and onnx: on Debian apt-get install --no-install-recommends python3-torch "
                + "python3-sklearn python3-onnx libopenblas0-pthread";
        }
    }
}
