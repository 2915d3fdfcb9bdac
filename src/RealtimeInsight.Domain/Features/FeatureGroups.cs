using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Features;

/// <summary>
/// The model's inputs in the parts that an explanation speaks of, and the reference that a part is compared with: a visitor of whom
/// nothing is known yet and who views a page.
/// </summary>
public static class FeatureGroups
{
    /// <summary>The newest event: its token and ids.</summary>
    public const int NewestEvent = 0;

    /// <summary>The events before it: the recurrent state.</summary>
    public const int History = 1;

    private const int FirstOfProfile = 2;

    /// <summary>Names by number; the first two are no part of the profile.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["newest_event", "history", "browsing", "cart_activity", "orders", "trouble", "relationship", "session", "cart", "taste"];

    public static int Count => Names.Count;

    /// <summary>The group of each profile feature, in the schema's order.</summary>
    public static IReadOnlyList<int> OfProfile { get; } = [.. FeatureSchema.ProfileNames.Select(GroupOf)];

    /// <summary>The newest event of the reference: a first page view at no hour in particular. Its profile is zero throughout.</summary>
    public static void WriteReference(Span<float> token, Span<long> ids)
    {
        token[..ModelContract.TokenFeatures].Clear();
        ids[..ModelContract.TokenIds].Clear();
        ids[0] = (long)EventKind.PageViewed;
        token[1] = 1f;

        // No gap: the decays of a gap are 1.
        token[6] = token[7] = token[8] = 1f;
    }

    private static int GroupOf(string feature)
    {
        var name = feature switch
        {
            _ when IsOf(feature, "rate_browse_", "rate_product_view_", "rate_engagement_") => "browsing",
            _ when IsOf(feature, "rate_cart_", "rate_checkout_") => "cart_activity",
            _ when IsOf(feature, "rate_trouble_", "refund_share", "trouble_share") => "trouble",
            _ when IsOf(feature, "rate_order_", "orders", "monetary", "order_") => "orders",
            _ when IsOf(feature, "session_") => "session",
            _ when IsOf(feature, "cart_") => "cart",
            _ when IsOf(feature, "top_") => "taste",
            "tenure" or "inactive" or "events" or "sessions" or "is_known" => "relationship",
            _ => throw new InvalidOperationException($"feature {feature} is in no group; give it one"),
        };
        for (var group = FirstOfProfile; group < Names.Count; group++)
        {
            if (Names[group] == name) return group;
        }

        throw new InvalidOperationException($"group {name} is not listed");
    }

    private static bool IsOf(string feature, params ReadOnlySpan<string> starts)
    {
        foreach (var start in starts)
        {
            if (feature.StartsWith(start, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
