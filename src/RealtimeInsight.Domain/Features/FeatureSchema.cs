using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Features;

/// <summary>
/// Names and order of the model's inputs. <see cref="Hash"/> stands for names, order and <see cref="Revision"/>; a model trained on another
/// schema is refused. Change <see cref="Revision"/> whenever a formula in <see cref="FeatureExtractor"/> changes its meaning.
/// </summary>
public static class FeatureSchema
{
    public const int Revision = 1;

    public static IReadOnlyList<string> TokenNames { get; } =
    [
        "gap_log", "is_first", "is_new_session", "value_log", "has_value", "quantity_log", "gap_minute", "gap_hour",
        "gap_day", "hour_sin", "hour_cos", "weekday_sin", "weekday_cos", "same_item", "same_category", "same_brand",
    ];

    public static IReadOnlyList<string> IdNames { get; } = ["kind", "category_bucket", "brand_bucket", "item_bucket"];

    public static IReadOnlyList<string> ProfileNames { get; } = BuildProfileNames();

    /// <summary>XXH64 of everything above, 16 hex digits.</summary>
    public static string Hash { get; } = StableHash.Of(
        $"contract {ModelContract.Version};revision {Revision};{string.Join(',', TokenNames)};{string.Join(',', IdNames)};"
        + $"{string.Join(',', ProfileNames)};{ModelContract.KindBuckets},{ModelContract.CategoryBuckets},{ModelContract.BrandBuckets},"
        + $"{ModelContract.ItemBuckets},{ModelContract.StateWidth}").ToString("x16");

    private static string[] BuildProfileNames()
    {
        string[] horizons = ["5m", "1h", "1d", "7d", "30d"];
        var names = new List<string>(ModelContract.ProfileFeatures);
        foreach (var group in RateGroups.Names)
        {
            foreach (var horizon in horizons) names.Add($"rate_{group}_{horizon}");
        }

        names.AddRange([
            "tenure", "inactive", "events", "sessions", "session_length", "session_events", "session_products", "session_cart_adds",
            "orders", "monetary", "order_recency", "order_gap_mean", "order_gap_overdue", "refund_share", "trouble_share",
            "cart_is_open", "cart_is_at_risk", "cart_is_recovered", "cart_lines", "cart_value", "cart_age",
            "top_category_share", "top_brand_share", "is_known",
        ]);
        return [.. names];
    }
}
