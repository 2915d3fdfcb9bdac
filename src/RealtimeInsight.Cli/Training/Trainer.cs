using System.ComponentModel;
using System.Diagnostics;

namespace RealtimeInsight.Cli.Training;

/// <summary>The Python side: an interpreter with the packages that training needs, and the scripts under <c>src/training</c>.</summary>
internal sealed class Trainer
{
    public const string PythonVariable = "INSIGHT_PYTHON";
    public const string RootVariable = "INSIGHT_ROOT";

    private const string Modules = "torch, sklearn, onnx";
    private const string Cure =
        "On Debian: apt-get install --no-install-recommends python3-torch python3-sklearn python3-onnx libopenblas0-pthread; elsewhere: "
        + "pip install torch scikit-learn onnx. Set " + PythonVariable + " to the interpreter that has them";

    private readonly string _python;
    private readonly string _scripts;
    private readonly CliConsole _console;

    private Trainer(string python, string scripts, CliConsole console)
    {
        _python = python;
        _scripts = scripts;
        _console = console;
    }

    /// <param name="root">Folder of the repository.</param>
    /// <param name="named">The interpreter to take; null: the first of the usual ones that has the packages.</param>
    /// <exception cref="CliException">There is no interpreter with the packages, or the scripts are missing.</exception>
    public static async Task<Trainer> FindAsync(
        CliConsole console, string? root, string? named, CancellationToken cancellationToken)
    {
        var scripts = root is null ? null : Path.Combine(root, "src", "training");
        if (!File.Exists(Path.Combine(scripts ?? "", "train.py")))
        {
            throw CliException.Failure(
                $"training needs the scripts in src/training of the repository, and {scripts ?? "the working folder"} has no train.py; "
                + $"run it as ./insight train, or set {RootVariable} to the repository");
        }

        string[] candidates = string.IsNullOrEmpty(named) ? ["python3", "/usr/bin/python3", "python"] : [named];
        foreach (var python in candidates)
        {
            if (await HasModulesAsync(python, cancellationToken).ConfigureAwait(false)) return new Trainer(python, scripts!, console);
        }

        throw CliException.Failure($"training needs Python 3 with {Modules}, and {string.Join(", ", candidates)} lack them. {Cure}.");
    }

    /// <summary>Runs a script; its results go to standard output, its progress to standard error.</summary>
    /// <exception cref="CliException">It failed; what it said is on standard error.</exception>
    public async Task RunAsync(string script, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = StartInfo(_python, [Path.Combine(_scripts, script), .. arguments]);
        // Compiled files do not belong into the source folder.
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        var code = await RunAsync(start, _console.Out.WriteLine, _console.Error.WriteLine, cancellationToken).ConfigureAwait(false);
        if (code != 0) throw CliException.Failure($"{script} ended with exit code {code}; its own message is above");
    }

    private static async Task<bool> HasModulesAsync(string python, CancellationToken cancellationToken)
    {
        try
        {
            var start = StartInfo(python, ["-c", $"import importlib.util as u; [u.find_spec(m).name for m in '{Modules}'.split(', ')]"]);
            return await RunAsync(start, Ignore, Ignore, cancellationToken).ConfigureAwait(false) == 0;
        }
        catch (Win32Exception)
        {
            // There is no program of this name.
            return false;
        }

        static void Ignore(string line)
        {
        }
    }

    private static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    private static async Task<int> RunAsync(
        ProcessStartInfo start, Action<string> onOut, Action<string> onError, CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = start };
        process.Start();
        try
        {
            await Task.WhenAll(
                PassAsync(process.StandardOutput, onOut, cancellationToken),
                PassAsync(process.StandardError, onError, cancellationToken)).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task PassAsync(StreamReader from, Action<string> to, CancellationToken cancellationToken)
    {
        while (await from.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line) to(line);
    }
}
