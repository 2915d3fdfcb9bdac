using System.Buffers;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// Binary form of a customer's state, version 1: a version byte, then the parts below in order. A state survives a round trip bit for
/// bit, so that a restarted engine computes the same scores.
/// </summary>
public static class CustomerStateCodec
{
    public const byte Version = 1;
    private const int ListMax = 65_536;

    public static void Write(CustomerState state, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new ByteWriter(output);
        writer.Byte(Version);
        writer.Text(state.Id.Value);
        writer.Signed(state.LastOffset);
        writer.Time(state.FirstSeen);
        writer.Time(state.LastSeen);
        writer.Time(state.LastActivityAt);
        writer.Time(state.LastDeadlineAt);
        writer.Signed(state.EventCount);
        writer.Signed(state.DormancyLevel);
        writer.Signed(state.CartCount);
        writer.Single(state.LastRating);
        WriteKinds(writer, state);
        WriteRates(writer, state);
        WriteRecent(writer, state);
        WriteIds(writer, state);
        WriteAffinities(writer, state.CategoriesField);
        WriteAffinities(writer, state.BrandsField);
        WriteOrders(writer, state.OrdersField);
        WriteSession(writer, state);
        WriteScores(writer, state);
        PartsCodec.WriteCarts(writer, state.CartList);
        PartsCodec.WritePerson(writer, state.Person);
        PartsCodec.WriteLedger(writer, state.Ledger);
    }

    /// <exception cref="FormatException">The bytes are not a state of a known version.</exception>
    public static CustomerState Read(ReadOnlySpan<byte> source)
    {
        var reader = new ByteReader(source);
        var version = reader.Byte();
        if (version != Version) throw reader.Malformed($"state version is {version}, this program reads {Version}");
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
        state.CartList = PartsCodec.ReadCarts(ref reader);
        state.NoteCarts();
        state.Person = PartsCodec.ReadPerson(ref reader);
        state.Ledger = PartsCodec.ReadLedger(ref reader);
        return state;
    }

    private static void WriteKinds(ByteWriter writer, CustomerState state)
    {
        var kinds = 0;
        for (var i = 0; i < EventKinds.Count; i++) kinds += state.KindCounts[i] == 0 ? 0 : 1;
        writer.Unsigned((uint)kinds);
        for (var i = 0; i < EventKinds.Count; i++)
        {
            if (state.KindCounts[i] == 0) continue;
            writer.Byte((byte)i);
            writer.Unsigned(state.KindCounts[i]);
        }
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

    /// <summary>A mask says which rates are not zero: most customers have few.</summary>
    private static void WriteRates(ByteWriter writer, CustomerState state)
    {
        var rates = state.RatesField.Raw;
        var mask = 0UL;
        for (var i = 0; i < rates.Length; i++) mask |= rates[i] != 0f ? 1UL << i : 0;
        writer.Time(state.RatesField.AsOf);
        writer.Unsigned(mask);
        foreach (var rate in rates)
        {
            if (rate != 0f) writer.Single(rate);
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

    private static void WriteRecent(ByteWriter writer, CustomerState state)
    {
        writer.Unsigned((uint)state.RecentField.Count);
        var previous = 0L;
        for (var i = 0; i < state.RecentField.Count; i++)
        {
            ref readonly var item = ref state.RecentField[i];
            writer.Byte((byte)item.Kind);
            writer.Signed(item.At.UnixMs - previous);
            previous = item.At.UnixMs;
            writer.Unsigned(item.ItemHash);
            writer.Unsigned(item.CategoryHash);
            writer.Unsigned(item.BrandHash);
            writer.Single(item.Value);
            writer.Unsigned(item.Quantity);
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

    private static void WriteIds(ByteWriter writer, CustomerState state)
    {
        var hashes = new ulong[state.IdsField.Count];
        _ = state.IdsField.CopyNewest(hashes);
        writer.Time(state.IdsField.DroppedUpTo);
        writer.Unsigned((uint)hashes.Length);
        foreach (var hash in hashes) writer.Fixed64(hash);
    }

    private static void ReadIds(ref ByteReader reader, CustomerState state)
    {
        var droppedUpTo = reader.Time();
        var hashes = new ulong[reader.Count(ListMax, sizeof(ulong))];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = reader.Fixed64();
        state.IdsField.Restore(hashes, droppedUpTo);
    }

    private static void WriteAffinities(ByteWriter writer, in AffinityList list)
    {
        writer.Time(list.AsOf);
        writer.Unsigned((uint)list.Entries.Length);
        foreach (var entry in list.Entries)
        {
            writer.Text(entry.Name);
            writer.Single(entry.Weight);
        }
    }

    private static void ReadAffinities(ref ByteReader reader, ref AffinityList list)
    {
        var asOf = reader.Time();
        var entries = new AffinityList.Entry[reader.Count(64)];
        for (var i = 0; i < entries.Length; i++) entries[i] = new AffinityList.Entry(reader.Text(), reader.Single());
        list.Restore(asOf, entries);
    }

    private static void WriteOrders(ByteWriter writer, in OrderHistory orders)
    {
        writer.Signed(orders.Orders);
        writer.Signed(orders.Cancelled);
        writer.Signed(orders.Refunded);
        writer.Signed(orders.OtherCurrency);
        writer.Decimal(orders.MonetaryValue);
        writer.OptionalText(orders.Currency);
        writer.Time(orders.FirstOrderAt);
        writer.Time(orders.LastOrderAt);
        writer.Double(orders.GapMeanSeconds);
        writer.Double(orders.GapM2);
        writer.Unsigned((uint)(orders.KnownOrders?.Length ?? 0));
        foreach (var hash in orders.KnownOrders ?? []) writer.Fixed64(hash);
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

    private static void WriteSession(ByteWriter writer, CustomerState state)
    {
        ref var session = ref state.SessionField;
        writer.Signed(session.Number);
        writer.Bool(session.IsOpen);
        writer.Time(session.StartedAt);
        writer.Signed(session.Events);
        writer.Signed(session.ProductsViewed);
        writer.Signed(session.CartAdds);
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

    private static void WriteScores(ByteWriter writer, CustomerState state)
    {
        writer.Single(state.Scores.Churn);
        writer.Single(state.Scores.Abandonment);
        writer.Single(state.Scores.Purchase);
        writer.Unsigned(state.ModelStamp);
        writer.Time(state.ScoredAt);
        writer.Bool(state.ScoresDegraded);
        writer.Singles(state.Recurrent);
    }

    private static void ReadScores(ref ByteReader reader, CustomerState state)
    {
        var scores = new HeadScores(reader.Single(), reader.Single(), reader.Single());
        var stamp = reader.Unsigned32();
        state.RestoreScores(scores, stamp, reader.Time(), reader.Bool());
        reader.Singles(state.Recurrent);
    }
}
