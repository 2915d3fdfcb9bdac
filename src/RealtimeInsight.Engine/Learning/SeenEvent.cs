using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Learning;

/// <summary>An event that something is learned from, with the items of the session before it.</summary>
/// <param name="NewestAt">When the newest of those was looked at.</param>
/// <param name="EarlierAt">When another one was before that.</param>
internal readonly record struct SeenEvent(CustomerEvent Event, ItemsBefore Before, int Count, Instant NewestAt, Instant EarlierAt)
{
    /// <summary>True when the customer looks at another item than before.</summary>
    public bool IsNextItem => IsLook(Event.Kind) && Event.Products.Count > 0
        && (Count == 0 || Before[0] != EntityHash.Item(Event.Products[0].ProductId));

    public static bool IsWanted(CustomerEvent item) =>
        item.Products.Count > 0 && (IsLook(item.Kind) || item.Kind == EventKind.OrderCompleted);

    /// <param name="state">After the event.</param>
    public static SeenEvent Of(CustomerState state, CustomerEvent item)
    {
        var before = default(ItemsBefore);
        var (newest, earlier) = (Instant.None, Instant.None);
        var count = IsLook(item.Kind) ? ItemsOf(state, 1, before, out newest, out earlier) : 0;
        return new SeenEvent(item, before, count, newest, earlier);
    }

    /// <summary>The items of the customer's newest session, the newest first.</summary>
    /// <param name="skip">Newest events that are left out.</param>
    /// <param name="newestAt">When the newest was looked at.</param>
    /// <param name="earlierAt">When another one was before that.</param>
    /// <returns>How many there are.</returns>
    public static int ItemsOf(CustomerState state, int skip, Span<uint> items, out Instant newestAt, out Instant earlierAt)
    {
        (newestAt, earlierAt) = (Instant.None, Instant.None);
        ref readonly var recent = ref state.Recent;
        var count = 0;
        for (var i = recent.Count - 1 - skip; i >= 0 && count < items.Length; i--)
        {
            ref readonly var one = ref recent[i];
            if (one.At < state.Session.StartedAt) break;
            if (one.ItemHash == 0 || !IsLook(one.Kind)) continue;
            items[count++] = one.ItemHash;
            if (count == 1) newestAt = one.At;
            else if (!earlierAt.HasValue && one.ItemHash != items[0]) earlierAt = one.At;
        }

        return count;
    }

    private static bool IsLook(EventKind kind) => kind is EventKind.ProductViewed or EventKind.CartAdded;
}

/// <summary>The newest first.</summary>
[InlineArray(LiveItems.StepsMax)]
internal struct ItemsBefore
{
    private uint _first;
}
