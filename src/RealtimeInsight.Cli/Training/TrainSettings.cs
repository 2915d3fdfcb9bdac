using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Training;

/// <summary>What a run of <c>insight train</c> learns from, how long, and where the model goes.</summary>
/// <param name="Features">Sources of the arrays; its folder is in the work folder.</param>
/// <param name="Work">Folder for arrays, weights and report.</param>
/// <param name="Out">Folder of the model version: the last part is the version, the one above it the name.</param>
/// <param name="Epochs">Passes over the training customers.</param>
public sealed record TrainSettings(FeatureSettings Features, string Work, string Out, int Epochs)
{
    public const int EpochsDefault = 10;
    public const int EpochsMax = 200;
    public const string ModelName = "behaviour";

    /// <exception cref="CliException">A value is out of bounds; the message names the option.</exception>
    public TrainSettings Checked()
    {
        if (Epochs is < 1 or > EpochsMax) throw CliException.Usage($"--epochs {Epochs}: give 1 to {EpochsMax}");
        if (!long.TryParse(Path.GetFileName(Out), System.Globalization.NumberStyles.None, null, out _))
        {
            throw CliException.Usage(
                $"--out {Out}: the last folder is the model's version, a whole number, e.g. models/{ModelName}/2");
        }

        return this;
    }

    /// <summary>The next free version under a model folder, above those that ship.</summary>
    public static string NextVersion(string models, string? shippedModels)
    {
        var highest = new[] { models, shippedModels }
            .OfType<string>()
            .Select(folder => Path.Combine(folder, ModelName))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .Select(folder => long.TryParse(Path.GetFileName(folder), out var version) ? version : 0)
            .DefaultIfEmpty(0)
            .Max();
        return Path.Combine(models, ModelName, $"{highest + 1}");
    }
}
