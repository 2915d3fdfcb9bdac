using RealtimeInsight.Insights.Privacy;

namespace RealtimeInsight.Cli.Training;

/// <summary>What a run of <c>insight federate</c> trains, and how much of each shop it lets out.</summary>
/// <param name="Shops">Folders of arrays, one a shop; the folder's name is the shop's.</param>
/// <param name="Out">Folder that gets <c>SHOP/behaviour/VERSION</c> for each shop.</param>
internal sealed record FederateSettings(IReadOnlyList<string> Shops, string Work, string Out)
{
    public const int ShopsMax = 1_000;
    public const int RoundsMax = 1_000;
    public const double DeltaDefault = 1e-5;
    public const string AllWeights = "all";
    public const string HeadWeights = "heads";

    public int Rounds { get; init; } = 10;

    /// <summary>Passes over a shop's customers in one round.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Greatest length of one shop's change; 0 for no limit.</summary>
    public double Clip { get; init; }

    /// <summary>Standard deviation of the noise on the sum of changes, over the clip; 0 for none.</summary>
    public double Noise { get; init; }

    /// <summary>Probability that a shop takes part in a round.</summary>
    public double Participation { get; init; } = 1;

    /// <summary>The delta that epsilon is reported for.</summary>
    public double Delta { get; init; } = DeltaDefault;

    /// <summary>Which weights are trained together: all, or the heads over a state learned from public events.</summary>
    public string Share { get; init; } = AllWeights;

    public long Seed { get; init; } = 1;

    /// <summary>Draws the noise and the samples in tests; null for the system's randomness, which alone protects.</summary>
    public int? NoiseSeed { get; init; }

    /// <summary>Whether to train on all events in one place too, to measure the gap.</summary>
    public bool IsCompared { get; init; }

    public bool IsJson { get; init; }

    /// <summary>The command line, as the models' cards tell it.</summary>
    public string Command { get; init; } = "./insight federate";

    /// <summary>What the noise and the samples cost a shop; positive infinity where nothing protects it.</summary>
    public double Epsilon => NoiseSeed is null
        ? GaussianAccountant.Epsilon(Participation, Noise, Rounds, Delta)
        : double.PositiveInfinity;

    /// <exception cref="CliException">A value is out of bounds; the message names the option.</exception>
    public FederateSettings Checked()
    {
        Require(Shops.Count is >= 1 and <= ShopsMax, $"{Shops.Count} shops: give 1 to {ShopsMax} folders");
        foreach (var shop in Shops)
        {
            Require(File.Exists(Path.Combine(shop, Features.FeatureSet.FileName)),
                $"{shop}: holds no {Features.FeatureSet.FileName}; write one in each shop with: insight features --out {shop}");
        }

        var twice = Shops.GroupBy(NameOf).FirstOrDefault(group => group.Count() > 1);
        Require(twice is null, $"two shops are called {twice?.Key}; a shop is called as its folder: rename one");
        Require(Rounds is >= 1 and <= RoundsMax, $"--rounds {Rounds}: give 1 to {RoundsMax}");
        Require(Epochs is >= 1 and <= TrainSettings.EpochsMax, $"--epochs {Epochs}: give 1 to {TrainSettings.EpochsMax}");
        Require(Clip is >= 0 and <= 1e6, $"--clip {Clip}: give 0 to 1000000");
        Require(Noise is >= 0 and <= 1e3, $"--noise {Noise}: give 0 to 1000");
        Require(Noise == 0 || Clip > 0, $"--noise {Noise} needs --clip: without a greatest length no noise is enough");
        Require(Participation is > 0 and <= 1, $"--participation {Participation}: give more than 0, at most 1");
        Require(Delta is > 0 and < 1, $"--delta {Delta}: give more than 0 and less than 1, at most one over the number of shops");
        Require(Share is AllWeights or HeadWeights, $"--share {Share}: give {AllWeights} or {HeadWeights}");
        Require(Seed >= 0, $"--seed {Seed}: give a whole number from 0 on");
        return this;
    }

    public static string NameOf(string shop) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(shop)));

    private static void Require(bool isMet, string otherwise)
    {
        if (!isMet) throw CliException.Usage(otherwise);
    }
}
