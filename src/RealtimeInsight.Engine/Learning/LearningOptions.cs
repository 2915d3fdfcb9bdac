using RealtimeInsight.Domain.Learning;

namespace RealtimeInsight.Engine.Learning;

/// <summary>What is learned from the stream beside the policy's variants.</summary>
public sealed class LearningOptions
{
    public const int OrderJudgedPerSecondDefault = 20;
    public const int OrderJudgedPerSecondMax = 1_000;

    /// <summary>What customers look at after what.</summary>
    public LiveItemsOptions Items { get; set; } = new();

    /// <summary>What the whole shop does.</summary>
    public ShopStatisticsOptions Statistics { get; set; } = new();

    /// <summary>
    /// Looks a second, at most, before which the list of a trained order is made to be judged; each takes half a millisecond or so of the
    /// thread that commits. Default 20; 0 to 1,000.
    /// </summary>
    public int OrderJudgedPerSecond { get; set; } = OrderJudgedPerSecondDefault;

    /// <summary>All violations of the bounds; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(LearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. LiveItemsOptions.Validate(options.Items).Select(static problem => $"Learning.Items.{problem}"),
            .. options.OrderJudgedPerSecond is < 0 or > OrderJudgedPerSecondMax
                ? (IEnumerable<string>)[$"Learning.{nameof(OrderJudgedPerSecond)} is {options.OrderJudgedPerSecond}, "
                    + $"0 to {OrderJudgedPerSecondMax} is allowed"] : [],
            .. ShopStatisticsOptions.Validate(options.Statistics).Select(static problem => $"Learning.Statistics.{problem}"),
        ];
    }
}
