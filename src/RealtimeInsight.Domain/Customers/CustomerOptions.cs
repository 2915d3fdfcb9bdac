namespace RealtimeInsight.Domain.Customers;

/// <summary>Spans and limits of the customer's state machine. All of them change what a replay computes: keep them with the data.</summary>
public sealed class CustomerOptions
{
    public const int EventIdsMaxLimit = 65_536;
    public const int LastEventsMaxLimit = 64;
    public const int DormancyLevelsMax = 8;

    /// <summary>Inactivity that ends a session. Default 30 minutes; 1 second to 24 hours.</summary>
    public TimeSpan SessionGap { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Inactivity after which an open cart is at risk. Default 15 minutes; less than <see cref="CartAbandonedAfter"/>.</summary>
    public TimeSpan CartAtRiskAfter { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Inactivity after which a cart counts as abandoned. Default 1 hour; at most 30 days.</summary>
    public TimeSpan CartAbandonedAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long an abandoned cart can still be recovered or ordered; afterwards the next product opens a new one. Default 14 days.
    /// </summary>
    public TimeSpan CartEpisodeMax { get; set; } = TimeSpan.FromDays(14);

    /// <summary>Inactivity levels of dormancy, ascending. Default 7, 30 and 90 days; at most 8.</summary>
    public IReadOnlyList<TimeSpan> DormancyLevels { get; set; } =
        [TimeSpan.FromDays(7), TimeSpan.FromDays(30), TimeSpan.FromDays(90)];

    /// <summary>
    /// How much older than the customer's newest event an event may be and still be folded in. Default 24 hours; 0 to 30 days.
    /// </summary>
    public TimeSpan AllowedLateness { get; set; } = TimeSpan.FromHours(24);

    /// <summary>Event ids kept in the actor for de-duplication; older ones are looked up in the log. Default 1,024; 16 to 65,536.</summary>
    public int EventIdsMax { get; set; } = 1024;

    /// <summary>Last events kept in order, for re-folding the recurrent state and for readers. Default 32; 4 to 64.</summary>
    public int LastEventsMax { get; set; } = 32;

    /// <summary>All violations of the limits above, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(CustomerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck();
        bounds.Range(nameof(SessionGap), options.SessionGap, TimeSpan.FromSeconds(1), TimeSpan.FromHours(24));
        bounds.Range(nameof(CartAtRiskAfter), options.CartAtRiskAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(30));
        bounds.Range(nameof(CartAbandonedAfter), options.CartAbandonedAfter, TimeSpan.FromSeconds(2), TimeSpan.FromDays(30));
        bounds.Range(nameof(CartEpisodeMax), options.CartEpisodeMax, TimeSpan.FromSeconds(2), TimeSpan.FromDays(365));
        bounds.Range(nameof(AllowedLateness), options.AllowedLateness, TimeSpan.Zero, TimeSpan.FromDays(30));
        bounds.Range(nameof(EventIdsMax), options.EventIdsMax, 16, EventIdsMaxLimit);
        bounds.Range(nameof(LastEventsMax), options.LastEventsMax, 4, LastEventsMaxLimit);
        var problems = bounds.Problems;
        if (options.CartAtRiskAfter >= options.CartAbandonedAfter)
        {
            problems.Add(
                $"CartAtRiskAfter is {options.CartAtRiskAfter}, it must be less than CartAbandonedAfter ({options.CartAbandonedAfter})");
        }

        var levels = options.DormancyLevels;
        if (levels is null || levels.Count is 0 or > DormancyLevelsMax)
        {
            problems.Add($"DormancyLevels has {levels?.Count ?? 0} entries, 1 to {DormancyLevelsMax} are allowed");
            return problems;
        }

        for (var i = 0; i < levels.Count; i++)
        {
            if (levels[i] <= (i == 0 ? TimeSpan.Zero : levels[i - 1]))
            {
                problems.Add($"DormancyLevels[{i}] is {levels[i]}, levels must be positive and ascending");
            }
        }

        return problems;
    }
}
