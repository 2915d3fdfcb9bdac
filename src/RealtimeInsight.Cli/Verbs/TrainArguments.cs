using System.CommandLine;
using RealtimeInsight.Cli.Models;
using RealtimeInsight.Cli.Training;

namespace RealtimeInsight.Cli.Verbs;

/// <summary>The options of <c>insight train</c>.</summary>
internal sealed class TrainArguments
{
    private const double BudgetMinutesMax = 10_000;

    private readonly Option<string?> _output = new("--out")
    {
        HelpName = "DIR",
        Description = "Folder of the model version, e.g. models/behaviour/2; what is there is replaced "
            + "(default: the next free version in .data/models of the repository)",
    };

    private readonly Option<int> _epochs = new("--epochs")
    {
        HelpName = "N",
        Description = "Most passes over the training customers; it ends when customers held out gain no more",
        DefaultValueFactory = _ => TrainSettings.EpochsDefault,
    };

    private readonly Option<int> _pretrain = new("--pretrain")
    {
        HelpName = "N",
        Description = "Most passes on the next event, which needs no outcome, before that; 0: none",
        DefaultValueFactory = _ => TrainSettings.EpochsDefault,
    };

    private readonly Option<int> _finetune = new("--finetune")
    {
        HelpName = "N",
        Description = "Most passes after that, in which every head learns alone; a head keeps what customers held out gain by; 0: none",
        DefaultValueFactory = _ => TrainSettings.FinetuneDefault,
    };

    private readonly Option<string?> _work = new("--work")
    {
        HelpName = "DIR",
        Description = "Keep arrays (about 700 MB), weights and report here (default: a temporary folder that is removed)",
    };

    private readonly Option<int> _trials = new("--trials")
    {
        HelpName = "N",
        Description = "Settings to try by cross-validation in time, the defaults first; the best ones are trained in full",
    };

    private readonly Option<double?> _budget = new("--budget")
    {
        HelpName = "MINUTES",
        Description = "Most time for the trials (default: no limit)",
    };

    private readonly Option<string?> _register = new("--register")
    {
        HelpName = "URL",
        Description = $"Register the version with the running engine at this address; the key is read from {ModelsVerb.KeyVariable}",
    };

    private readonly Option<bool> _json = new("--json") { Description = "End with one line of JSON on standard output" };

    private readonly SourceArguments _features = new();

    public TrainArguments(Command verb)
    {
        foreach (var option in (Option[])[_output, _pretrain, _epochs, _finetune, _trials, _budget, _work, _register, _json])
        {
            verb.Options.Add(option);
        }

        _features.AddTo(verb);
    }

    /// <summary>Folder for arrays, weights and report; null for a temporary one.</summary>
    public string? Work(ParseResult parsed) => parsed.GetValue(_work);

    /// <param name="work">The folder that is used.</param>
    /// <param name="root">Folder of the repository; null where it is not known.</param>
    /// <exception cref="CliException">A value is out of bounds.</exception>
    public TrainSettings Read(ParseResult parsed, string work, string? root) => new TrainSettings(
        _features.Read(parsed, Path.Combine(work, "features")),
        work,
        TrainSettings.OutOf(parsed.GetValue(_output), root, "train"),
        parsed.GetValue(_epochs))
    {
        Pretrain = parsed.GetValue(_pretrain),
        Finetune = parsed.GetValue(_finetune),
        Trials = parsed.GetValue(_trials),
        Budget = parsed.GetValue(_budget) is { } minutes ? BudgetOf(minutes) : null,
        Engine = parsed.GetValue(_register) is { } url ? ModelPlace.Engine(url) : null,
        IsJson = parsed.GetValue(_json),
        Command = $"./insight {string.Join(' ', parsed.Tokens.Select(token => token.Value))}",
    }.Checked();

    private static TimeSpan BudgetOf(double minutes) => minutes is > 0 and <= BudgetMinutesMax
        ? TimeSpan.FromMinutes(minutes)
        : throw CliException.Usage($"--budget {minutes}: give minutes above 0, at most {BudgetMinutesMax}");
}
