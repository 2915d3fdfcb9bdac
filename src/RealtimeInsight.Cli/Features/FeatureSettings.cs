using RealtimeInsight.Cli.Training;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Demo;

namespace RealtimeInsight.Cli.Features;

/// <summary>What a run of <c>insight features</c> reads and where it writes.</summary>
public sealed record FeatureSettings
{
    public const long SeedDefault = 1;
    public const int CustomersDefault = 5_000;
    public const int DaysDefault = 300;

    /// <summary>The last horizon is 30 days, and each of the three splits needs events of its own.</summary>
    public const int DaysLeast = 120;

    private const ulong SparseSeedOffset = 1_000_000_007;

    /// <summary>Folder that the arrays are written to.</summary>
    public required string Out { get; init; }

    /// <summary>
    /// Folder of the recorded sets; null trains on the simulated shop alone. With a <see cref="Format"/>: the export that alone is learned
    /// from, a file or a folder.
    /// </summary>
    public string? Data { get; init; }

    /// <summary>Format of an export of the user's own; null for the simulated shop and the recorded sets.</summary>
    public string? Format { get; init; }

    /// <summary>What the columns and events of the export mean; null for a format that knows its own.</summary>
    public string? Mapping { get; init; }

    /// <summary>
    /// Most shops to part the export into, each with a folder of its own under <see cref="Out"/>; null: it is one shop's.
    /// </summary>
    public int? Shops { get; init; }

    /// <summary>The column whose value at a customer's first event is the shop; null: by a hash of the customer's id.</summary>
    public string? ShopsBy { get; init; }

    /// <summary>Draws the simulated customers.</summary>
    public long Seed { get; init; } = SeedDefault;

    /// <summary>Simulated customers at one time.</summary>
    public int Customers { get; init; } = CustomersDefault;

    /// <summary>Simulated days.</summary>
    public int Days { get; init; } = DaysDefault;

    /// <summary>The shop as training sees it: customers arrive over the first fifth of it, so that histories differ in length.</summary>
    public ShopSimulatorOptions Shop() => new()
    {
        Seed = (ulong)Seed,
        Customers = Customers,
        Days = Days,
        ArrivalDays = Days * 0.2,
        Start = Instant.From(new DateTimeOffset(2025, 1, 6, 0, 0, 0, TimeSpan.Zero)),
    };

    /// <summary>The second shop: half as many customers, other people, other products.</summary>
    public ShopSimulatorOptions SparseShop() => new()
    {
        Seed = (ulong)Seed + SparseSeedOffset,
        CatalogueSeed = 2,
        Customers = Math.Max(1, Customers / 2),
        Days = Days,
        ArrivalDays = Days * 0.2,
        Start = Shop().Start,
    };

    /// <exception cref="CliException">A value is out of bounds; the message names the option.</exception>
    public FeatureSettings Checked()
    {
        if (Seed < 0) throw CliException.Usage($"--seed {Seed}: give a whole number from 0 on");
        if (Customers is < 10 or > 1_000_000) throw CliException.Usage($"--customers {Customers}: give 10 to 1000000");
        if (Format is not null && Data is null) throw CliException.Usage($"--format {Format} needs --data PATH, the export to learn from");
        if (Format is null && Mapping is not null) throw CliException.Usage($"--mapping {Mapping} needs --format csv or segment-ndjson");
        if (ShopsBy is not null && Shops is null) throw CliException.Usage($"--shops-by {ShopsBy} needs --shops N, the most shops");
        if (Shops is { } shops && shops is < ShopSplit.ShopsLeast or > FederateSettings.ShopsMax)
        {
            throw CliException.Usage($"--shops {shops}: give {ShopSplit.ShopsLeast} to {FederateSettings.ShopsMax}");
        }

        if (Shops is not null && Format is null) throw CliException.Usage($"--shops {Shops} needs --format and --data, the export to part");
        if (Days is < DaysLeast or > 3_650) throw CliException.Usage($"--days {Days}: give {DaysLeast} to 3650");
        return this;
    }
}
