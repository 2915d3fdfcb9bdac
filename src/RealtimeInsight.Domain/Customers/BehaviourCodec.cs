using System.Numerics;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Profiles;

namespace RealtimeInsight.Domain.Customers;

/// <summary>The parts of a state that its events leave in it: counts by kind, rates, last events, event ids.</summary>
internal static class BehaviourCodec
{
    private const int ListMax = 65_536;

    // Of a kept event: its kind in the lower bits, then what follows.
    private const byte KindBits = 0x1F;
    private const byte HasProduct = 0x20;
    private const byte HasValue = 0x40;
    private const byte HasQuantity = 0x80;

    /// <summary>A mask says which kinds there were.</summary>
    public static void WriteKinds(ref SpanWriter writer, CustomerState state)
    {
        var mask = 0u;
        for (var i = 0; i < EventKinds.Count; i++) mask |= state.KindCounts[i] != 0 ? 1u << i : 0;
        writer.Unsigned(mask);
        for (; mask != 0; mask &= mask - 1) writer.Unsigned(state.KindCounts[BitOperations.TrailingZeroCount(mask)]);
    }

    public static void ReadKinds(ref ByteReader reader, CustomerState state)
    {
        var mask = reader.Unsigned32();
        if (mask >> EventKinds.Count != 0) throw reader.Malformed($"the mask of event kinds is {mask:x}, {EventKinds.Count} are known");
        for (; mask != 0; mask &= mask - 1) state.KindCounts[BitOperations.TrailingZeroCount(mask)] = reader.Unsigned32();
    }

    /// <summary>For each group that has had events, which of its rates are not zero: most customers have few groups.</summary>
    public static void WriteRates(ref SpanWriter writer, CustomerState state)
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

    public static void ReadRates(ref ByteReader reader, CustomerState state)
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

    public static void WriteRecent(ref SpanWriter writer, CustomerState state)
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

    public static void ReadRecent(ref ByteReader reader, CustomerState state)
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

    public static void WriteIds(ref SpanWriter writer, CustomerState state)
    {
        writer.Moment(state.IdsField.DroppedUpTo, state.LastSeen);
        writer.Unsigned((uint)state.IdsField.Count);
        state.IdsField.CopyTo(ref writer);
    }

    public static void ReadIds(ref ByteReader reader, CustomerState state)
    {
        var droppedUpTo = reader.Moment(state.LastSeen);
        var hashes = new ulong[reader.Count(ListMax, sizeof(ulong))];
        reader.Fixed64(hashes);
        state.IdsField.Restore(hashes, droppedUpTo);
    }

    private static bool IsZero(float value) => BitConverter.SingleToInt32Bits(value) == 0;
}
