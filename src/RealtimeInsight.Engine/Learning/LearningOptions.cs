using RealtimeInsight.Domain.Learning;

namespace RealtimeInsight.Engine.Learning;

/// <summary>What is learned from the stream beside the policy's variants.</summary>
public sealed class LearningOptions
{
    /// <summary>What customers look at after what.</summary>
    public LiveItemsOptions Items { get; set; } = new();

    /// <summary>What the whole shop does.</summary>
    public ShopStatisticsOptions Statistics { get; set; } = new();

    /// <summary>All violations of the bounds; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(LearningOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return
        [
            .. LiveItemsOptions.Validate(options.Items).Select(static problem => $"Learning.Items.{problem}"),
            .. ShopStatisticsOptions.Validate(options.Statistics).Select(static problem => $"Learning.Statistics.{problem}"),
        ];
    }
}
