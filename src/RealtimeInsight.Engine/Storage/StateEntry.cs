using System.Buffers.Binary;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Storage;

/// <summary>One state in a segment's index: who, where, and what is to be known of a customer whose state is not read.</summary>
/// <param name="Hash">Stable hash of the customer's id.</param>
/// <param name="Twin">Number among the customers with the same hash; 0 but for collisions.</param>
/// <param name="LastOffset">Newest log record that the state includes.</param>
/// <param name="NextDeadline">When the customer changes without an event.</param>
/// <param name="Risk">How likely the customer is lost; not a number while there is no score.</param>
/// <param name="Facts">See <see cref="StateFacts"/>.</param>
/// <param name="Page">The page that holds the state.</param>
/// <param name="At">Where in the page it begins.</param>
internal readonly record struct StateEntry(
    ulong Hash, ushort Twin, long LastOffset, Instant NextDeadline, float Risk, StateFacts Facts, ushort Page, ushort At)
{
    public const int Length = 36;

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(target, Hash);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], LastOffset);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], NextDeadline.UnixMs);
        BinaryPrimitives.WriteSingleLittleEndian(target[24..], Risk);
        BinaryPrimitives.WriteUInt16LittleEndian(target[28..], Facts.Bits);
        BinaryPrimitives.WriteUInt16LittleEndian(target[30..], Twin);
        BinaryPrimitives.WriteUInt16LittleEndian(target[32..], Page);
        BinaryPrimitives.WriteUInt16LittleEndian(target[34..], At);
    }

    public static StateEntry Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(source),
        BinaryPrimitives.ReadUInt16LittleEndian(source[30..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        new Instant(BinaryPrimitives.ReadInt64LittleEndian(source[16..])),
        BinaryPrimitives.ReadSingleLittleEndian(source[24..]),
        new StateFacts(BinaryPrimitives.ReadUInt16LittleEndian(source[28..])),
        BinaryPrimitives.ReadUInt16LittleEndian(source[32..]),
        BinaryPrimitives.ReadUInt16LittleEndian(source[34..]));
}

/// <summary>What the gauges and the list of live customers need of a state. Bits are stored: never rearrange.</summary>
/// <param name="Bits">Bit 0: session open. Bit 1: session or newest cart open. From bit 4 on three bits a cart: its state.</param>
internal readonly record struct StateFacts(ushort Bits)
{
    private const int CartsAt = 4;
    private const int CartBits = 3;

    public bool IsSessionOpen => (Bits & 1) != 0;

    public bool IsLive => (Bits & 2) != 0;

    public CartState CartAt(int position) => (CartState)((Bits >> (CartsAt + (position * CartBits))) & 7);

    public static StateFacts Of(CustomerState state)
    {
        var bits = state.Session.IsOpen ? 3 : 0;
        if (state.Cart is { } newest && CartStates.IsOpen(newest.State)) bits |= 2;
        for (var i = 0; i < state.Carts.Count; i++) bits |= (int)state.Carts[i].State << (CartsAt + (i * CartBits));
        return new StateFacts((ushort)bits);
    }

    /// <summary>With an open cart the larger of abandonment and churn, else churn; not a number without a score.</summary>
    public static float RiskOf(CustomerState state)
    {
        if (!state.ScoredAt.HasValue) return float.NaN;
        return state.Cart is { } cart && CartStates.IsOpen(cart.State)
            ? Math.Max(state.Scores.Churn, state.Scores.Abandonment)
            : state.Scores.Churn;
    }
}
