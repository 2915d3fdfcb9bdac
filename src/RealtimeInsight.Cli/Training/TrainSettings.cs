using System.Globalization;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Cli.Models;

namespace RealtimeInsight.Cli.Training;

/// <summary>What a run of <c>insight train</c> learns from, how long, and where the model goes.</summary>
/// <param name="Features">Sources of the arrays; its folder is in the work folder.</param>
/// <param name="Work">Folder for arrays, weights and report.</param>
/// <param name="Out">Folder of the model version: the last part is the version, the one above it the name.</param>
/// <param name="Epochs">Most passes over the training customers; customers held out end it earlier.</param>
internal sealed record TrainSettings(FeatureSettings Features, string Work, string Out, int Epochs)
{
    public const int TrialsMax = 500;

    /// <summary>Most passes on the next event, which needs no outcome, before the heads are learned; 0: none.</summary>
    public int Pretrain { get; init; } = EpochsDefault;

    /// <summary>Most passes after the heads' common ones in which each learns alone, all but the last layer as it is; 0: none.</summary>
    public int Finetune { get; init; } = FinetuneDefault;

    /// <summary>Settings to try by cross-validation in time, the defaults first; 0 takes the defaults.</summary>
    public int Trials { get; init; }

    /// <summary>Most time for the trials; null for no limit. How many it allows depends on the machine.</summary>
    public TimeSpan? Budget { get; init; }

    /// <summary>The running engine that the version is registered with; null for none.</summary>
    public ModelTarget? Engine { get; init; }

    /// <summary>Whether the output ends with one line of JSON.</summary>
    public bool IsJson { get; init; }

    /// <summary>The command line, as the model's card tells it.</summary>
    public string Command { get; init; } = "./insight train";

    public const int EpochsDefault = 10;
    public const int FinetuneDefault = 5;
    public const int EpochsMax = 200;
    public const string ModelName = "behaviour";

    /// <exception cref="CliException">A value is out of bounds; the message names the option.</exception>
    public TrainSettings Checked()
    {
        if (Epochs is < 1 or > EpochsMax) throw CliException.Usage($"--epochs {Epochs}: give 1 to {EpochsMax}");
        if (Pretrain is < 0 or > EpochsMax) throw CliException.Usage($"--pretrain {Pretrain}: give 0 to {EpochsMax}");
        if (Finetune is < 0 or > EpochsMax) throw CliException.Usage($"--finetune {Finetune}: give 0 to {EpochsMax}");
        if (Trials is < 0 or > TrialsMax) throw CliException.Usage($"--trials {Trials}: give 0 to {TrialsMax}");
        if (Budget is { } budget && Trials == 0)
        {
            throw CliException.Usage($"--budget {budget.TotalMinutes}: it is the most minutes for --trials N; give both");
        }

        return this;
    }

    /// <summary>The folder of a version to train: the one given, or the next free one in the repository.</summary>
    /// <param name="root">Folder of the repository; null where it is not known.</param>
    /// <param name="verb">Told where none can be found.</param>
    /// <exception cref="CliException">It is not a version's folder, or none is given and the repository is not known.</exception>
    public static string OutOf(string? given, string? root, string verb, string name = ModelName)
    {
        if (given is null && root is null)
        {
            throw CliException.Usage($"--out is needed where the repository is not known; run it as ./insight {verb}");
        }

        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(
            given ?? NextVersion(Path.Combine(root!, ".data", "models"), Path.Combine(root!, "src", "models"), name)));
        return long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? folder
            : throw CliException.Usage($"--out {folder}: the last folder is the model's version, a whole number, e.g. models/{name}/2");
    }

    /// <summary>The next free version under a model folder, above those that ship.</summary>
    public static string NextVersion(string models, string? shippedModels, string name = ModelName)
    {
        var highest = new[] { models, shippedModels }
            .OfType<string>()
            .Select(folder => Path.Combine(folder, name))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(folder => long.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .DefaultIfEmpty(0)
            .Max();
        return Path.Combine(models, name, $"{highest + 1}");
    }
}
