using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// Binary form of a customer's state, version 2: a version byte, a mask of the parts that are there, then the parts in order; times stand
/// as distances from the newest event. It is what an idle customer takes in memory, so nothing is written of what never happened. A state
/// survives a round trip bit for bit, so that a restarted engine computes the same scores. Version 1 is read.
/// </summary>
public static class CustomerStateCodec
{
    public const byte Version = 2;
    private const int ListMax = 65_536;
    private const int AffinitiesMax = 64;
    private const int KnownOrdersMax = 64;

    /// <summary>More than everything takes that is no list and no text.</summary>
    private const int NumbersMax = 1_024;
    private const int RecentEventMax = 32;

    // Of a kept event: its kind in the lower bits, then what follows.
    private const byte KindBits = 0x1F;
    private const byte HasProduct = 0x20;
    private const byte HasValue = 0x40;
    private const byte HasQuantity = 0x80;

    [Flags]
    private enum Part : uint
    {
        None = 0,
        SessionOpen = 1 << 0,
        Degraded = 1 << 1,
        Scores = 1 << 2,
        Recurrent = 1 << 3,
        Orders = 1 << 4,
        OrderGaps = 1 << 5,
        Carts = 1 << 6,
        Person = 1 << 7,
        Ledger = 1 << 8,
        Rating = 1 << 9,
        Dormant = 1 << 10,
    }

    private const Part AllParts = (Part)((1u << 11) - 1);

    public static void Write(CustomerState state, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new SpanWriter(output.GetSpan(LengthMax(state)));
        var parts = PartsOf(state);
        writer.Byte(Version);
        writer.Unsigned((uint)parts);
        writer.Text(state.Id.Value);
        writer.Signed(state.LastOffset);
        writer.Time(state.LastSeen);
        writer.Moment(state.FirstSeen, state.LastSeen);
        writer.Moment(state.LastActivityAt, state.LastSeen);
        writer.Moment(state.LastDeadlineAt, state.LastSeen);
        writer.Signed(state.EventCount);
        writer.Signed(state.CartCount);
        if ((parts & Part.Dormant) != 0) writer.Signed(state.DormancyLevel);
        if ((parts & Part.Rating) != 0) writer.Single(state.LastRating);
        WriteKinds(ref writer, state);
        WriteRates(ref writer, state);
        WriteRecent(ref writer, state);
        WriteIds(ref writer, state);
        WriteAffinities(ref writer, state.CategoriesField, state.LastSeen);
        WriteAffinities(ref writer, state.BrandsField, state.LastSeen);
        if ((parts & Part.Orders) != 0) WriteOrders(ref writer, state, parts);
        WriteSession(ref writer, state);
        if ((parts & Part.Scores) != 0) WriteScores(ref writer, state);
        if ((parts & Part.Recurrent) != 0) writer.Singles(state.Recurrent);
        if ((parts & Part.Carts) != 0) CartsCodec.Write(ref writer, state.CartList!, state.LastSeen);
        output.Advance(writer.Length);
        var rest = new ByteWriter(output);
        if ((parts & Part.Person) != 0) PartsCodec.WritePerson(rest, state.Person!);
        if ((parts & Part.Ledger) != 0) PartsCodec.WriteLedger(rest, state.Ledger!);
    }

    /// <exception cref="FormatException">The bytes are not a state of a known version.</exception>
    public static CustomerState Read(ReadOnlySpan<byte> source)
    {
        var reader = new ByteReader(source);
        var version = reader.Byte();
        return version switch
        {
            Version => Read(ref reader),
            StateCodecV1.Version => StateCodecV1.Read(ref reader),
            _ => throw reader.Malformed($"state version is {version}, this program reads {StateCodecV1.Version} to {Version}"),
        };
    }

    /// <summary>Whether the bytes are the state of this customer; reads no more of them.</summary>
    /// <exception cref="FormatException">The bytes are not a state of a known version.</exception>
    public static bool IsOf(ReadOnlySpan<byte> source, CustomerId id)
    {
        var reader = new ByteReader(source);
        if (reader.Byte() == Version) _ = reader.Unsigned();
        var written = reader.Utf8();
        return Ascii.Equals(written, id.Value) || string.Equals(Encoding.UTF8.GetString(written), id.Value, StringComparison.Ordinal);
    }

    private static CustomerState Read(ref ByteReader reader)
    {
        var parts = (Part)reader.Unsigned();
        if ((parts & ~AllParts) != 0) throw reader.Malformed($"unknown state parts {parts & ~AllParts}");
        var state = new CustomerState(reader.Customer()) { LastOffset = reader.Signed(), LastSeen = reader.Time() };
        state.FirstSeen = reader.Moment(state.LastSeen);
        state.LastActivityAt = reader.Moment(state.LastSeen);
        state.LastDeadlineAt = reader.Moment(state.LastSeen);
        state.EventCount = reader.Signed();
        state.CartCount = reader.Int32();
        if ((parts & Part.Dormant) != 0) state.DormancyLevel = reader.Int32();
        if ((parts & Part.Rating) != 0) state.LastRating = reader.Single();
        ReadKinds(ref reader, state);
        ReadRates(ref reader, state);
        ReadRecent(ref reader, state);
        ReadIds(ref reader, state);
        ReadAffinities(ref reader, ref state.CategoriesField, state.LastSeen);
        ReadAffinities(ref reader, ref state.BrandsField, state.LastSeen);
        if ((parts & Part.Orders) != 0) ReadOrders(ref reader, state, parts);
        ReadSession(ref reader, state, (parts & Part.SessionOpen) != 0);
        if ((parts & Part.Scores) != 0) ReadScores(ref reader, state, (parts & Part.Degraded) != 0);
        if ((parts & Part.Recurrent) != 0) reader.Singles(state.Recurrent);
        if ((parts & Part.Carts) != 0) state.CartList = CartsCodec.Read(ref reader, state.LastSeen);
        state.NoteCarts();
        if ((parts & Part.Person) != 0) state.Person = PartsCodec.ReadPerson(ref reader);
        if ((parts & Part.Ledger) != 0) state.Ledger = PartsCodec.ReadLedger(ref reader);
        return state;
    }

    private static Part PartsOf(CustomerState state)
    {
        var scores = state.Scores;
        ref readonly var orders = ref state.Orders;
        var hasScores = state.ScoredAt.HasValue || state.ModelStamp != 0 || state.ScoresDegraded || !IsZero(scores.Churn)
            || !IsZero(scores.Abandonment) || !IsZero(scores.Purchase);
        var hasOrders = orders.Orders != 0 || orders.Cancelled != 0 || orders.Refunded != 0 || orders.OtherCurrency != 0;
        var hasGaps = BitConverter.DoubleToInt64Bits(orders.GapMeanSeconds) != 0 || BitConverter.DoubleToInt64Bits(orders.GapM2) != 0;
        return If(state.SessionField.IsOpen, Part.SessionOpen) | If(state.ScoresDegraded, Part.Degraded) | If(hasScores, Part.Scores)
            | If(MemoryMarshal.Cast<float, int>(state.Recurrent).ContainsAnyExcept(0), Part.Recurrent)
            | If(hasOrders, Part.Orders) | If(hasOrders && hasGaps, Part.OrderGaps) | If(state.CartList is { Count: > 0 }, Part.Carts)
            | If(state.Person is not null, Part.Person) | If(state.Ledger is { Entries.Count: > 0 }, Part.Ledger)
            | If(!IsZero(state.LastRating), Part.Rating) | If(state.DormancyLevel != 0, Part.Dormant);
    }

    private static Part If(bool condition, Part part) => condition ? part : Part.None;

    private static bool IsZero(float value) => BitConverter.SingleToInt32Bits(value) == 0;

    /// <summary>The parts up to the carts take no more bytes than this.</summary>
    private static int LengthMax(CustomerState state)
    {
        var length = NumbersMax + SpanWriter.MaxOf(state.Id.Value) + SpanWriter.MaxOf(state.OrdersField.Currency)
            + (state.RecentField.Count * RecentEventMax) + (state.IdsField.Count * sizeof(ulong))
            + ((state.OrdersField.KnownOrders?.Length ?? 0) * sizeof(ulong));
        foreach (ref readonly var entry in state.CategoriesField.Entries) length += SpanWriter.MaxOf(entry.Name) + sizeof(float);
        foreach (ref readonly var entry in state.BrandsField.Entries) length += SpanWriter.MaxOf(entry.Name) + sizeof(float);
        return state.CartList is { Count: > 0 } carts ? length + CartsCodec.LengthMax(carts) : length;
    }

    /// <summary>A mask says which kinds there were.</summary>
    private static void WriteKinds(ref SpanWriter writer, CustomerState state)
    {
        var mask = 0u;
        for (var i = 0; i < EventKinds.Count; i++) mask |= state.KindCounts[i] != 0 ? 1u << i : 0;
        writer.Unsigned(mask);
        for (; mask != 0; mask &= mask - 1) writer.Unsigned(state.KindCounts[BitOperations.TrailingZeroCount(mask)]);
    }

    private static void ReadKinds(ref ByteReader reader, CustomerState state)
    {
        var mask = reader.Unsigned32();
        if (mask >> EventKinds.Count != 0) throw reader.Malformed($"the mask of event kinds is {mask:x}, {EventKinds.Count} are known");
        for (; mask != 0; mask &= mask - 1) state.KindCounts[BitOperations.TrailingZeroCount(mask)] = reader.Unsigned32();
    }

    /// <summary>For each group that has had events, which of its rates are not zero: most customers have few groups.</summary>
    private static void WriteRates(ref SpanWriter writer, CustomerState state)
    {
        ReadOnlySpan<float> rates = state.RatesField.Raw;
        writer.Moment(state.RatesField.AsOf, state.LastSeen);
        var groups = 0;
        for (var group = 0; group < RateGroups.Count; group++) groups |= HorizonsOf(rates, group) != 0 ? 1 << group : 0;
        writer.Byte((byte)groups);
        for (; groups != 0; groups &= groups - 1)
        {
            var group = BitOperations.TrailingZeroCount(groups);
            var horizons = HorizonsOf(rates, group);
            writer.Byte((byte)horizons);
            for (; horizons != 0; horizons &= horizons - 1)
            {
                writer.Single(rates[(group * DecayedRates.Horizons) + BitOperations.TrailingZeroCount(horizons)]);
            }
        }
    }

    private static int HorizonsOf(ReadOnlySpan<float> rates, int group)
    {
        var mask = 0;
        for (var i = 0; i < DecayedRates.Horizons; i++) mask |= rates[(group * DecayedRates.Horizons) + i] != 0f ? 1 << i : 0;
        return mask;
    }

    private static void ReadRates(ref ByteReader reader, CustomerState state)
    {
        state.RatesField.Restore(reader.Moment(state.LastSeen));
        var rates = state.RatesField.Raw;
        for (int groups = reader.Byte(); groups != 0; groups &= groups - 1)
        {
            int horizons = reader.Choice((1 << DecayedRates.Horizons) - 1, "mask of rates");
            for (; horizons != 0; horizons &= horizons - 1)
            {
                var group = BitOperations.TrailingZeroCount(groups);
                rates[(group * DecayedRates.Horizons) + BitOperations.TrailingZeroCount(horizons)] = reader.Single();
            }
        }
    }

    private static void WriteRecent(ref SpanWriter writer, CustomerState state)
    {
        writer.Unsigned((uint)state.RecentField.Count);
        var previous = state.LastSeen.UnixMs;
        for (var i = 0; i < state.RecentField.Count; i++)
        {
            ref readonly var item = ref state.RecentField[i];
            var hasProduct = (item.ItemHash | item.CategoryHash | item.BrandHash) != 0;
            var (hasValue, hasQuantity) = (!IsZero(item.Value), item.Quantity != (hasProduct ? 1 : 0));
            var follows = (hasProduct ? HasProduct : 0) | (hasValue ? HasValue : 0) | (hasQuantity ? HasQuantity : 0);
            writer.Byte((byte)((int)item.Kind | follows));
            writer.Signed(item.At.UnixMs - previous);
            previous = item.At.UnixMs;
            if (hasProduct)
            {
                writer.Fixed32(item.ItemHash);
                writer.Fixed16(item.CategoryHash);
                writer.Fixed16(item.BrandHash);
            }

            if (hasValue) writer.Price(item.Value);
            if (hasQuantity) writer.Unsigned(item.Quantity);
        }
    }

    private static void ReadRecent(ref ByteReader reader, CustomerState state)
    {
        var items = new RecentEvent[reader.Count(CustomerOptions.LastEventsMaxLimit, itemBytesMin: 2)];
        var previous = state.LastSeen.UnixMs;
        foreach (ref var item in items.AsSpan())
        {
            var head = reader.Byte();
            if ((head & KindBits) >= EventKinds.Count) throw reader.Malformed($"event kind is {head & KindBits}, it is not known");
            previous += reader.Signed();
            var (itemHash, category, brand) = (head & HasProduct) != 0 ? (reader.Fixed32(), reader.Fixed16(), reader.Fixed16()) : default;
            var value = (head & HasValue) != 0 ? reader.Price() : 0f;
            var quantity = (head & HasQuantity) != 0 ? reader.Unsigned16() : (ushort)((head & HasProduct) != 0 ? 1 : 0);
            item = new RecentEvent((EventKind)(head & KindBits), new(previous), itemHash, category, brand, value, quantity);
        }

        state.RecentField.Restore(items);
    }

    private static void WriteIds(ref SpanWriter writer, CustomerState state)
    {
        writer.Moment(state.IdsField.DroppedUpTo, state.LastSeen);
        writer.Unsigned((uint)state.IdsField.Count);
        state.IdsField.CopyTo(ref writer);
    }

    private static void ReadIds(ref ByteReader reader, CustomerState state)
    {
        var droppedUpTo = reader.Moment(state.LastSeen);
        var hashes = new ulong[reader.Count(ListMax, sizeof(ulong))];
        reader.Fixed64(hashes);
        state.IdsField.Restore(hashes, droppedUpTo);
    }

    private static void WriteAffinities(ref SpanWriter writer, in AffinityList list, Instant newest)
    {
        writer.Moment(list.AsOf, newest);
        writer.Unsigned((uint)list.Entries.Length);
        foreach (ref readonly var entry in list.Entries)
        {
            writer.Text(entry.Name);
            writer.Single(entry.Weight);
        }
    }

    private static void ReadAffinities(ref ByteReader reader, ref AffinityList list, Instant newest)
    {
        var asOf = reader.Moment(newest);
        var entries = new AffinityList.Entry[reader.Count(AffinitiesMax)];
        foreach (ref var entry in entries.AsSpan())
        {
            var name = SharedNames.Read(reader.Utf8(), out var label);
            entry = new AffinityList.Entry(name, reader.Single(), label);
        }

        list.Restore(asOf, entries);
    }

    private static void WriteOrders(ref SpanWriter writer, CustomerState state, Part parts)
    {
        ref readonly var orders = ref state.Orders;
        writer.Signed(orders.Orders);
        writer.Signed(orders.Cancelled);
        writer.Signed(orders.Refunded);
        writer.Signed(orders.OtherCurrency);
        writer.Money(orders.MonetaryValue);
        writer.OptionalText(orders.Currency);
        writer.Moment(orders.FirstOrderAt, state.LastSeen);
        writer.Moment(orders.LastOrderAt, state.LastSeen);
        if ((parts & Part.OrderGaps) != 0)
        {
            writer.Double(orders.GapMeanSeconds);
            writer.Double(orders.GapM2);
        }

        // Known orders are newest first, zeros behind them.
        ReadOnlySpan<ulong> known = orders.KnownOrders;
        var hashes = known.TrimEnd(0UL);
        writer.Unsigned((uint)known.Length);
        writer.Unsigned((uint)hashes.Length);
        foreach (var hash in hashes) writer.Fixed64(hash);
    }

    private static void ReadOrders(ref ByteReader reader, CustomerState state, Part parts)
    {
        ref var orders = ref state.OrdersField;
        orders.Orders = reader.Int32();
        orders.Cancelled = reader.Int32();
        orders.Refunded = reader.Int32();
        orders.OtherCurrency = reader.Int32();
        orders.MonetaryValue = reader.Money();
        orders.Currency = reader.OptionalText();
        orders.FirstOrderAt = reader.Moment(state.LastSeen);
        orders.LastOrderAt = reader.Moment(state.LastSeen);
        if ((parts & Part.OrderGaps) != 0)
        {
            orders.GapMeanSeconds = reader.Double();
            orders.GapM2 = reader.Double();
        }

        var known = new ulong[reader.Count(KnownOrdersMax)];
        reader.Fixed64(known.AsSpan(0, reader.Count(known.Length)));
        orders.KnownOrders = known.Length == 0 ? null : known;
    }

    private static void WriteSession(ref SpanWriter writer, CustomerState state)
    {
        ref readonly var session = ref state.Session;
        writer.Signed(session.Number);
        writer.Moment(session.StartedAt, state.LastSeen);
        writer.Signed(session.Events);
        writer.Signed(session.ProductsViewed);
        writer.Signed(session.CartAdds);
    }

    private static void ReadSession(ref ByteReader reader, CustomerState state, bool isOpen)
    {
        ref var session = ref state.SessionField;
        session.IsOpen = isOpen;
        session.Number = reader.Int32();
        session.StartedAt = reader.Moment(state.LastSeen);
        session.Events = reader.Int32();
        session.ProductsViewed = reader.Int32();
        session.CartAdds = reader.Int32();
    }

    private static void WriteScores(ref SpanWriter writer, CustomerState state)
    {
        writer.Single(state.Scores.Churn);
        writer.Single(state.Scores.Abandonment);
        writer.Single(state.Scores.Purchase);
        writer.Fixed32(state.ModelStamp);
        writer.Moment(state.ScoredAt, state.LastSeen);
    }

    private static void ReadScores(ref ByteReader reader, CustomerState state, bool isDegraded)
    {
        var scores = new HeadScores(reader.Single(), reader.Single(), reader.Single());
        var stamp = reader.Fixed32();
        state.RestoreScores(scores, stamp, reader.Moment(state.LastSeen), isDegraded);
    }
}
