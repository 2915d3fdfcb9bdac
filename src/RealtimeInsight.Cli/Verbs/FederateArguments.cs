using System.CommandLine;
using RealtimeInsight.Cli.Training;

namespace RealtimeInsight.Cli.Verbs;

/// <summary>The arguments of <c>insight federate</c>.</summary>
internal sealed class FederateArguments
{
    private readonly Argument<string[]> _shops = new("SHOP")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "Folders of arrays, one a shop, each written where its events are by: insight features --format csv ...",
    };

    private readonly Option<string> _out = new("--out")
    {
        Required = true,
        HelpName = "DIR",
        Description = "Gets SHOP/behaviour/VERSION for each shop: the same graphs, calibrated by the shop",
    };

    private readonly Option<int> _rounds = Default("--rounds", "N", "Rounds of local training and averaging", 10);
    private readonly Option<int> _epochs = Default("--epochs", "N", "Passes over a shop's customers in one round", 1);
    private readonly Option<double> _clip = Default("--clip", "LENGTH", "Greatest length of one shop's change; 0: as it is", 0.0);
    private readonly Option<double> _noise = Default("--noise", "S", "Standard deviation of the noise, over the clip", 0.0);

    private readonly Option<double> _participation =
        Default("--participation", "P", "Probability that a shop takes part in a round, drawn each time", 1.0);

    private readonly Option<double> _delta =
        Default("--delta", "D", "The delta that epsilon is reported for", FederateSettings.DeltaDefault);

    private readonly Option<string> _share = Default(
        "--share", "all|heads", "Weights trained together: all, or the heads over a state learned from the simulated shop's events",
        FederateSettings.AllWeights);

    private readonly Option<long> _seed = Default("--seed", "N", "Draws the first weights, the order and the simulated shop", 1L);

    private readonly Option<int?> _noiseSeed = new("--noise-seed")
    {
        HelpName = "N",
        Description = "Draws noise and samples again, for tests; no privacy is claimed then",
    };

    private readonly Option<bool> _compare = new("--compare")
    {
        Description = "Also train on all events in one place and on each shop's alone, to measure the gap; for shops that are all here",
    };

    private readonly Option<bool> _json = new("--json") { Description = "End with one line of JSON on standard output" };

    public FederateArguments(Command verb)
    {
        verb.Arguments.Add(_shops);
        foreach (var option in (Option[])
            [_out, _rounds, _epochs, _clip, _noise, _participation, _delta, _share, _seed, _noiseSeed, _compare, _json])
        {
            verb.Options.Add(option);
        }
    }

    /// <exception cref="CliException">A value is out of bounds.</exception>
    public FederateSettings Read(ParseResult parsed, string work) => new FederateSettings(
        parsed.GetRequiredValue(_shops), work, Path.GetFullPath(parsed.GetRequiredValue(_out)))
    {
        Rounds = parsed.GetValue(_rounds),
        Epochs = parsed.GetValue(_epochs),
        Clip = parsed.GetValue(_clip),
        Noise = parsed.GetValue(_noise),
        Participation = parsed.GetValue(_participation),
        Delta = parsed.GetValue(_delta),
        Share = parsed.GetRequiredValue(_share),
        Seed = parsed.GetValue(_seed),
        NoiseSeed = parsed.GetValue(_noiseSeed),
        IsCompared = parsed.GetValue(_compare),
        IsJson = parsed.GetValue(_json),
        Command = $"./insight {string.Join(' ', parsed.Tokens.Select(token => token.Value))}",
    }.Checked();

    private static Option<T> Default<T>(string name, string value, string description, T byDefault) =>
        new(name) { HelpName = value, Description = description, DefaultValueFactory = _ => byDefault };
}
