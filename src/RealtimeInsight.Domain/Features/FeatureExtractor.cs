using System.Numerics;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Features;

/// <summary>
/// The only code that computes model inputs, live and for training. Counts and money are squashed to [0,1] by x / (x + scale), ages by
/// the same, so that no input grows without bound (1 only where a huge x rounds to it). Allocates nothing.
/// </summary>
public static class FeatureExtractor
{
    private const float MsPerDay = 86_400_000f;
    private const double NewSessionGapMs = 1_800_000;

    /// <summary>The newest event: <see cref="ModelContract.TokenFeatures"/> values and <see cref="ModelContract.TokenIds"/> ids.</summary>
    /// <exception cref="InvalidOperationException">The customer has no event yet.</exception>
    public static void Token(CustomerState state, Span<float> token, Span<long> ids)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var items = ref state.Recent;
        if (items.Count == 0) throw new InvalidOperationException("the customer has no event yet; apply one before asking for its token");
        WriteToken(items, items.Count - 1, token, ids);
    }

    /// <summary>
    /// Tokens of the kept events, oldest first, for a fold; as many of the newest as fit into <paramref name="tokens"/>. Returns the count.
    /// </summary>
    public static int LastTokens(CustomerState state, Span<float> tokens, Span<long> ids)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var items = ref state.Recent;
        var count = Math.Min(items.Count, tokens.Length / ModelContract.TokenFeatures);
        var first = items.Count - count;
        for (var i = 0; i < count; i++)
        {
            WriteToken(
                items, first + i, tokens[(i * ModelContract.TokenFeatures)..][..ModelContract.TokenFeatures],
                ids[(i * ModelContract.TokenIds)..][..ModelContract.TokenIds]);
        }

        return count;
    }

    /// <summary>Profile, session and cart as of a moment: <see cref="ModelContract.ProfileFeatures"/> values.</summary>
    public static void Profile(CustomerState state, Instant asOf, Span<float> profile)
    {
        ArgumentNullException.ThrowIfNull(state);
        state.ReadRates(asOf, profile);
        Squash(profile[..DecayedRates.Length]);
        var rest = profile[DecayedRates.Length..];
        WriteActivity(state, asOf, rest);
        WriteOrders(state, asOf, rest[8..]);
        WriteCart(state, asOf, rest[15..]);
        rest[21] = state.CategoriesField.TopShare();
        rest[22] = state.BrandsField.TopShare();
        rest[23] = state.Id.IsVisitor ? 0f : 1f;
    }

    private static void WriteToken(in RecentEvents items, int index, Span<float> token, Span<long> ids)
    {
        ref readonly var item = ref items[index];
        var isFirst = index == 0;
        ref readonly var before = ref items[isFirst ? 0 : index - 1];
        var gapMs = isFirst ? 0d : Math.Max(0, item.At.UnixMs - before.At.UnixMs);
        token[0] = MathF.Log(1f + (float)(gapMs / 1000d)) / 16f;
        token[1] = isFirst ? 1f : 0f;
        token[2] = gapMs >= NewSessionGapMs ? 1f : 0f;
        token[3] = MathF.Log(1f + Math.Max(0f, item.Value)) / 8f;
        token[4] = item.Value > 0f ? 1f : 0f;
        token[5] = MathF.Log(1f + item.Quantity) / 4f;
        token[6] = (float)Math.Exp(-gapMs / 60_000d);
        token[7] = (float)Math.Exp(-gapMs / 3_600_000d);
        token[8] = (float)Math.Exp(-gapMs / 86_400_000d);
        var day = item.At.UnixMs % 86_400_000L / MsPerDay;
        (token[9], token[10]) = MathF.SinCos(day * MathF.Tau);
        var week = item.At.UnixMs / 86_400_000L % 7 / 7f;
        (token[11], token[12]) = MathF.SinCos(week * MathF.Tau);
        token[13] = !isFirst && item.ItemHash != 0 && item.ItemHash == before.ItemHash ? 1f : 0f;
        token[14] = !isFirst && item.CategoryHash != 0 && item.CategoryHash == before.CategoryHash ? 1f : 0f;
        token[15] = !isFirst && item.BrandHash != 0 && item.BrandHash == before.BrandHash ? 1f : 0f;
        ids[0] = (long)item.Kind;
        ids[1] = EntityHash.Bucket(item.CategoryHash, ModelContract.CategoryBuckets);
        ids[2] = EntityHash.Bucket(item.BrandHash, ModelContract.BrandBuckets);
        ids[3] = EntityHash.Bucket(item.ItemHash, ModelContract.ItemBuckets);
    }

    private static void WriteActivity(CustomerState state, Instant asOf, Span<float> rest)
    {
        ref readonly var session = ref state.Session;
        rest[0] = Squash(Days(asOf, state.FirstSeen), 30f);
        rest[1] = Squash(Days(asOf, state.LastActivityAt), 7f);
        rest[2] = Squash(state.EventCount, 50f);
        rest[3] = Squash(session.Number, 5f);
        rest[4] = session.IsOpen ? Squash(Days(asOf, session.StartedAt) * 1440f, 15f) : 0f;
        rest[5] = session.IsOpen ? Squash(session.Events, 10f) : 0f;
        rest[6] = session.IsOpen ? Squash(session.ProductsViewed, 5f) : 0f;
        rest[7] = session.IsOpen ? Squash(session.CartAdds, 2f) : 0f;
    }

    private static void WriteOrders(CustomerState state, Instant asOf, Span<float> rest)
    {
        ref readonly var orders = ref state.Orders;
        var recency = Days(asOf, orders.LastOrderAt);
        var gapMean = orders.Orders > 1 ? (float)(orders.GapMeanSeconds / 86_400d) : 0f;
        rest[0] = Squash(orders.Orders, 3f);
        rest[1] = Squash((float)Math.Max(0m, orders.MonetaryValue), 200f);
        rest[2] = orders.Orders > 0 ? 1f - Squash(recency, 30f) : 0f;
        rest[3] = Squash(gapMean, 30f);
        rest[4] = gapMean > 0f ? Squash(recency / gapMean, 1f) : 0f;
        rest[5] = orders.Orders > 0 ? Squash((float)(orders.Refunded + orders.Cancelled) / orders.Orders, 1f) : 0f;
        var trouble = state.CountOf(EventKind.ServiceMessage) + state.CountOf(EventKind.PaymentFailed)
            + state.CountOf(EventKind.CouponDenied);
        rest[6] = state.EventCount > 0 ? Squash(trouble * 10f / state.EventCount, 1f) : 0f;
    }

    private static void WriteCart(CustomerState state, Instant asOf, Span<float> rest)
    {
        // What the features take of the cart stands in the state itself: the cart's memory stays untouched.
        var isOpen = state.IsCartOpen;
        var (value, lines, openedAt) = state.CartFacts;
        rest[0] = isOpen ? 1f : 0f;
        rest[1] = isOpen && state.NewestCartIs(CartState.AtRisk) ? 1f : 0f;
        rest[2] = isOpen && state.NewestCartIs(CartState.Recovered) ? 1f : 0f;
        rest[3] = isOpen ? Squash(lines, 3f) : 0f;
        rest[4] = isOpen ? Squash(value, 100f) : 0f;
        rest[5] = isOpen ? Squash(Days(asOf, openedAt) * 24f, 6f) : 0f;
    }

    /// <summary>Age in days, 0 where it never happened.</summary>
    private static float Days(Instant asOf, Instant at) => at.HasValue ? Math.Max(0L, asOf.UnixMs - at.UnixMs) / MsPerDay : 0f;

    private static float Squash(float value, float scale) => value / (value + scale);

    private static void Squash(Span<float> values)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            var vector = new Vector<float>(values[i..]);
            (vector / (vector + Vector<float>.One)).CopyTo(values[i..]);
        }

        for (; i < values.Length; i++) values[i] = values[i] / (values[i] + 1f);
    }
}
