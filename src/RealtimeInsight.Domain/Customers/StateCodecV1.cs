using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Customers;

/// <summary>Reads states as version 1 wrote them: every part in full, times as they are.</summary>
internal static class StateCodecV1
{
    public const byte Version = 1;
    private const int ListMax = 65_536;

    /// <param name="reader">Behind the version.</param>
    public static CustomerState Read(ref ByteReader reader)
    {
        var state = new CustomerState(reader.Customer())
        {
            LastOffset = reader.Signed(),
            FirstSeen = reader.Time(),
            LastSeen = reader.Time(),
            LastActivityAt = reader.Time(),
            LastDeadlineAt = reader.Time(),
            EventCount = reader.Signed(),
            DormancyLevel = reader.Int32(),
            CartCount = reader.Int32(),
            LastRating = reader.Single(),
        };
        ReadKinds(ref reader, state);
        ReadRates(ref reader, state);
        ReadRecent(ref reader, state);
        ReadIds(ref reader, state);
        ReadAffinities(ref reader, ref state.CategoriesField);
        ReadAffinities(ref reader, ref state.BrandsField);
        ReadOrders(ref reader, ref state.OrdersField);
        ReadSession(ref reader, state);
        ReadScores(ref reader, state);
        state.CartList = PartsCodec.ReadCartsV1(ref reader);
        state.NoteCarts();
        state.Person = PartsCodec.ReadPerson(ref reader);
        state.Ledger = PartsCodec.ReadLedger(ref reader);
        return state;
    }

    private static void ReadKinds(ref ByteReader reader, CustomerState state)
    {
        var kinds = reader.Count(EventKinds.Count);
        for (var i = 0; i < kinds; i++)
        {
            var kind = reader.Choice(EventKinds.Count - 1, "event kind");
            state.KindCounts[kind] = reader.Unsigned32();
        }
    }

    private static void ReadRates(ref ByteReader reader, CustomerState state)
    {
        state.RatesField.Restore(reader.Time());
        var mask = reader.Unsigned();
        var rates = state.RatesField.Raw;
        for (var i = 0; i < rates.Length; i++)
        {
            if ((mask & (1UL << i)) != 0) rates[i] = reader.Single();
        }
    }

    private static void ReadRecent(ref ByteReader reader, CustomerState state)
    {
        var items = new RecentEvent[reader.Count(CustomerOptions.LastEventsMaxLimit)];
        var previous = 0L;
        for (var i = 0; i < items.Length; i++)
        {
            var kind = (EventKind)reader.Choice(EventKinds.Count - 1, "event kind");
            previous += reader.Signed();
            items[i] = new RecentEvent(
                kind, new(previous), reader.Unsigned32(), reader.Unsigned16(), reader.Unsigned16(), reader.Single(), reader.Unsigned16());
        }

        state.RecentField.Restore(items);
    }

    private static void ReadIds(ref ByteReader reader, CustomerState state)
    {
        var droppedUpTo = reader.Time();
        var hashes = new ulong[reader.Count(ListMax, sizeof(ulong))];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = reader.Fixed64();
        state.IdsField.Restore(hashes, droppedUpTo);
    }

    private static void ReadAffinities(ref ByteReader reader, ref AffinityList list)
    {
        var asOf = reader.Time();
        var entries = new AffinityList.Entry[reader.Count(64)];
        for (var i = 0; i < entries.Length; i++) entries[i] = new AffinityList.Entry(reader.Text(), reader.Single());
        list.Restore(asOf, entries);
    }

    private static void ReadOrders(ref ByteReader reader, ref OrderHistory orders)
    {
        orders.Orders = reader.Int32();
        orders.Cancelled = reader.Int32();
        orders.Refunded = reader.Int32();
        orders.OtherCurrency = reader.Int32();
        orders.MonetaryValue = reader.Decimal();
        orders.Currency = reader.OptionalText();
        orders.FirstOrderAt = reader.Time();
        orders.LastOrderAt = reader.Time();
        orders.GapMeanSeconds = reader.Double();
        orders.GapM2 = reader.Double();
        var known = new ulong[reader.Count(64)];
        for (var i = 0; i < known.Length; i++) known[i] = reader.Fixed64();
        orders.KnownOrders = known.Length == 0 ? null : known;
    }

    private static void ReadSession(ref ByteReader reader, CustomerState state)
    {
        ref var session = ref state.SessionField;
        session.Number = reader.Int32();
        session.IsOpen = reader.Bool();
        session.StartedAt = reader.Time();
        session.Events = reader.Int32();
        session.ProductsViewed = reader.Int32();
        session.CartAdds = reader.Int32();
    }

    private static void ReadScores(ref ByteReader reader, CustomerState state)
    {
        var scores = new HeadScores(reader.Single(), reader.Single(), reader.Single());
        var stamp = reader.Unsigned32();
        state.RestoreScores(scores, stamp, reader.Time(), reader.Bool());
        reader.Singles(state.Recurrent);
    }
}
