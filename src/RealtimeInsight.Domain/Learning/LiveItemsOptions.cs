namespace RealtimeInsight.Domain.Learning;

/// <summary>How what comes after what is learned from the stream.</summary>
public sealed class LiveItemsOptions
{
    public const int CountLimit = 5_000_000;
    public const int PartnersLimit = 200;

    /// <summary>Whether it is. Default false.</summary>
    public bool IsOn { get; set; }

    /// <summary>
    /// Items that are known at a time, about 100 bytes each and 16 for each partner; when there is no room, a 16th of them goes, the least
    /// seen first. Default 100,000; 100 to 5,000,000.
    /// </summary>
    public int CountMax { get; set; } = 100_000;

    /// <summary>Items that are kept as what came with an item. Default 40; 5 to 200.</summary>
    public int PartnersMax { get; set; } = 40;

    /// <summary>After this time a look counts half. Default 7 days; 1 hour to 365 days.</summary>
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Part of the looks before which a recommendation is made and judged. Default 1; 0 to 1.</summary>
    public double JudgedShare { get; set; } = 1;

    /// <summary>All violations of the bounds, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(LiveItemsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck();
        bounds.Range(nameof(CountMax), options.CountMax, 100, CountLimit);
        bounds.Range(nameof(PartnersMax), options.PartnersMax, 5, PartnersLimit);
        bounds.Range(nameof(HalfLife), options.HalfLife, FadingScale.HalfLifeMin, FadingScale.HalfLifeMax);
        bounds.Range(nameof(JudgedShare), options.JudgedShare, 0d, 1d);
        return bounds.Problems;
    }
}
