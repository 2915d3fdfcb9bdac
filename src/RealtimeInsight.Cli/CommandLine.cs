using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.RegularExpressions;

namespace RealtimeInsight.Cli;

/// <summary>The command line as a whole: its verbs, its help, and how a wrong one is answered.</summary>
public static partial class CommandLine
{
    /// <summary>The entry script's name: what a user types, whatever the assembly is called.</summary>
    private const string Name = "insight";

    /// <summary>How long a verb may take to end after Ctrl-C or SIGTERM before the process is ended.</summary>
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    /// <summary>The root command over the given verbs.</summary>
    public static Command Create(IEnumerable<Command> verbs)
    {
        ArgumentNullException.ThrowIfNull(verbs);
        var help = new HelpOption();
        help.Action = new HelpWithExamples((HelpAction)help.Action!);
        var root = new Verb(Name, "Real-time customer insight for e-commerce: every customer is live, scored on every event, and acted on.")
        {
            help,
            new VersionOption(),
        };
        foreach (var verb in verbs) root.Subcommands.Add(verb);
        return root;
    }

    /// <summary>Runs one command line; returns the exit code. An unknown verb or option is explained and answers 2.</summary>
    public static async Task<int> RunAsync(Command root, string[] args, CliConsole console, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(console);
        var parsed = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parsed.Action is ParseErrorAction)
        {
            foreach (var error in parsed.Errors) await console.Error.WriteLineAsync(TextOf(error.Message)).ConfigureAwait(false);
            if (parsed.CommandResult.Command.Subcommands is { Count: > 0 } commands)
            {
                var names = string.Join(", ", commands.Select(static command => command.Name));
                await console.Error.WriteLineAsync($"There is: {Name} {PathOf(parsed)}with one of {names}").ConfigureAwait(false);
            }

            await console.Error.WriteLineAsync($"See: {Name} {PathOf(parsed)}--help").ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = console.Out,
            Error = console.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopMax,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (CliException stop)
        {
            await console.Error.WriteLineAsync($"{Name}: {stop.Message}").ConfigureAwait(false);
            return stop.ExitCode;
        }
        catch (OperationCanceledException)
        {
            await console.Error.WriteLineAsync($"{Name}: stopped").ConfigureAwait(false);
            return ExitCodes.Interrupted;
        }
        catch (Exception fault)
        {
            // The edge of the process: what nobody expected is told in full, and fails the verb.
            await console.Error.WriteLineAsync($"{Name}: unexpected error: {fault}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }

    /// <summary>A value of the wrong type is told in the user's words; the parser's name the type of the runtime.</summary>
    private static string TextOf(string message)
    {
        if (WrongType().Match(message) is not { Success: true } match) return message;
        var wanted = match.Groups["type"].Value switch
        {
            var type when type.Contains("Int", StringComparison.Ordinal) => "a whole number",
            var type when type.Contains("Double", StringComparison.Ordinal) => "a number",
            var type when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
            _ => "another value",
        };
        return $"{Name}: '{match.Groups["value"].Value}' for {match.Groups["name"].Value}: give {wanted}";
    }

    [GeneratedRegex(
        "^Cannot parse argument '(?<value>.*)' for (option|command) '(?<name>[^']*)' as expected type '(?<type>.*)'\\.$",
        RegexOptions.Singleline)]
    private static partial Regex WrongType();

    /// <summary>The words from the root's to the command's, e.g. <c>bench engine </c>.</summary>
    private static string PathOf(ParseResult parsed)
    {
        var path = "";
        for (var result = parsed.CommandResult; result.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
        {
            path = $"{result.Command.Name} {path}";
        }

        return path;
    }
}
