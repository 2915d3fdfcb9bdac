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
    private const int AffinitiesMax = 64;
    private const int KnownOrdersMax = 64;

    /// <summary>More than everything takes that is no list and no text.</summary>
    private const int NumbersMax = 1_024;
    private const int RecentEventMax = 32;

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

        /// <summary>In memory alone, see <see cref="Pack"/>.</summary>
        Packed = 1 << 11,
        Texts = 1 << 12,

        /// <summary>Decisions of which some gave a variant.</summary>
        Variants = 1 << 13,
    }

    private const Part SavedParts = (Part)((1u << 11) - 1) | Part.Texts | Part.Variants;

    public static void Write(CustomerState state, IBufferWriter<byte> output) => Write(state, output, null);

    /// <summary>
    /// Writes a state to be held in memory: names stand as numbers of the table, and recurrent state and decisions take fewer bytes. Never
    /// to be stored.
    /// </summary>
    public static void Pack(CustomerState state, IBufferWriter<byte> output, NameTable names)
    {
        ArgumentNullException.ThrowIfNull(names);
        Write(state, output, names);
    }

    private static void Write(CustomerState state, IBufferWriter<byte> output, NameTable? names)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new SpanWriter(output.GetSpan(LengthMax(state))) { Names = names };
        var parts = PartsOf(state) | If(names is not null, Part.Packed);
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
        if (state.Texts is { } texts) TextsCodec.Write(ref writer, texts, state.LastSeen);
        BehaviourCodec.WriteKinds(ref writer, state);
        BehaviourCodec.WriteRates(ref writer, state);
        BehaviourCodec.WriteRecent(ref writer, state);
        BehaviourCodec.WriteIds(ref writer, state);
        WriteAffinities(ref writer, state.CategoriesField, state.LastSeen);
        WriteAffinities(ref writer, state.BrandsField, state.LastSeen);
        if ((parts & Part.Orders) != 0) WriteOrders(ref writer, state, parts);
        WriteSession(ref writer, state);
        if ((parts & Part.Scores) != 0) WriteScores(ref writer, state);
        if ((parts & Part.Recurrent) != 0 && names is null) writer.Singles(state.Recurrent);
        else if ((parts & Part.Recurrent) != 0) RecurrentBytes.Write(ref writer, state.Recurrent);
        if ((parts & Part.Carts) != 0) CartsCodec.Write(ref writer, state.CartList!, state.LastSeen);
        if ((parts & Part.Ledger) != 0 && names is not null) PackedLedger.Write(ref writer, state.Ledger!, state.LastSeen);
        output.Advance(writer.Length);
        var rest = new ByteWriter(output);
        if ((parts & Part.Person) != 0) PartsCodec.WritePerson(rest, state.Person!);
        if ((parts & Part.Ledger) != 0 && names is null) PartsCodec.WriteLedger(rest, state.Ledger!);
        if ((parts & Part.Variants) != 0) PartsCodec.WriteVariants(rest, state.Ledger!);
    }

    /// <exception cref="FormatException">The bytes are not a state of a known version.</exception>
    public static CustomerState Read(ReadOnlySpan<byte> source) => Read(source, null);

    /// <summary>The state that <see cref="Pack"/> wrote with this table.</summary>
    /// <exception cref="FormatException">The bytes are not such a state.</exception>
    public static CustomerState Unpack(ReadOnlySpan<byte> source, NameTable names) => Read(source, names);

    private static CustomerState Read(ReadOnlySpan<byte> source, NameTable? names)
    {
        var reader = new ByteReader(source) { Names = names };
        var version = reader.Byte();
        return version switch
        {
            Version => Read(ref reader, names is not null),
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

    private static CustomerState Read(ref ByteReader reader, bool isPacked)
    {
        var parts = (Part)reader.Unsigned();
        var known = isPacked ? SavedParts | Part.Packed : SavedParts;
        if ((parts & ~known) != 0) throw reader.Malformed($"unknown state parts {parts & ~known}");
        var state = new CustomerState(reader.Customer()) { LastOffset = reader.Signed(), LastSeen = reader.Time() };
        state.FirstSeen = reader.Moment(state.LastSeen);
        state.LastActivityAt = reader.Moment(state.LastSeen);
        state.LastDeadlineAt = reader.Moment(state.LastSeen);
        state.EventCount = reader.Signed();
        state.CartCount = reader.Int32();
        if ((parts & Part.Dormant) != 0) state.DormancyLevel = reader.Int32();
        if ((parts & Part.Rating) != 0) state.LastRating = reader.Single();
        if ((parts & Part.Texts) != 0) state.Texts = TextsCodec.Read(ref reader, state.LastSeen);
        BehaviourCodec.ReadKinds(ref reader, state);
        BehaviourCodec.ReadRates(ref reader, state);
        BehaviourCodec.ReadRecent(ref reader, state);
        BehaviourCodec.ReadIds(ref reader, state);
        ReadAffinities(ref reader, ref state.CategoriesField, state.LastSeen);
        ReadAffinities(ref reader, ref state.BrandsField, state.LastSeen);
        if ((parts & Part.Orders) != 0) ReadOrders(ref reader, state, parts);
        ReadSession(ref reader, state, (parts & Part.SessionOpen) != 0);
        if ((parts & Part.Scores) != 0) ReadScores(ref reader, state, (parts & Part.Degraded) != 0);
        if ((parts & Part.Recurrent) != 0 && !isPacked) reader.Singles(state.Recurrent);
        else if ((parts & Part.Recurrent) != 0) RecurrentBytes.Read(ref reader, state.Recurrent);
        if ((parts & Part.Carts) != 0) state.CartList = CartsCodec.Read(ref reader, state.LastSeen);
        state.NoteCarts();
        if ((parts & Part.Ledger) != 0 && isPacked) state.Ledger = PackedLedger.Read(ref reader, state.LastSeen);
        if ((parts & Part.Person) != 0) state.Person = PartsCodec.ReadPerson(ref reader);
        if ((parts & Part.Ledger) != 0 && !isPacked) state.Ledger = PartsCodec.ReadLedger(ref reader);
        if ((parts & Part.Variants) != 0) state.Ledger = PartsCodec.ReadVariants(ref reader, state.Ledger);
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
            | If(!IsZero(state.LastRating), Part.Rating) | If(state.DormancyLevel != 0, Part.Dormant)
            | If(state.Texts is not null, Part.Texts) | If(state.Ledger?.HasVariants == true, Part.Variants);
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
        if (state.Ledger is { } ledger) length += PackedLedger.LengthMax(ledger);
        return length + CartsCodec.LengthMax(state.CartBytes);
    }

    private static void WriteAffinities(ref SpanWriter writer, in AffinityList list, Instant newest)
    {
        writer.Moment(list.AsOf, newest);
        writer.Unsigned((uint)list.Entries.Length);
        foreach (ref readonly var entry in list.Entries)
        {
            writer.Name(entry.Name);
            writer.Single(entry.Weight);
        }
    }

    private static void ReadAffinities(ref ByteReader reader, ref AffinityList list, Instant newest)
    {
        var asOf = reader.Moment(newest);
        var entries = new AffinityList.Entry[reader.Count(AffinitiesMax)];
        foreach (ref var entry in entries.AsSpan())
        {
            var name = reader.Name(out var label);
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
        writer.OptionalName(orders.Currency);
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
        orders.Currency = reader.OptionalName();
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
