namespace RealtimeInsight.Domain.Learning;

/// <summary>How statistics of the whole shop are kept.</summary>
public sealed class ShopStatisticsOptions
{
    public const int ItemsLimit = 5_000_000;

    /// <summary>Whether they are. Default false: conditions on them are not met.</summary>
    public bool IsOn { get; set; }

    /// <summary>
    /// Items whose looks are counted, about 50 bytes each; when there is no room, a 16th of them goes, the least seen first. Default
    /// 100,000; 100 to 5,000,000.
    /// </summary>
    public int ItemsMax { get; set; } = 100_000;

    /// <summary>After this time a look and an order count half. Default 14 days; 1 hour to 365 days.</summary>
    public TimeSpan HalfLife { get; set; } = TimeSpan.FromDays(14);

    /// <summary>All violations of the bounds, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(ShopStatisticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck();
        bounds.Range(nameof(ItemsMax), options.ItemsMax, 100, ItemsLimit);
        bounds.Range(nameof(HalfLife), options.HalfLife, FadingScale.HalfLifeMin, FadingScale.HalfLifeMax);
        return bounds.Problems;
    }
}
