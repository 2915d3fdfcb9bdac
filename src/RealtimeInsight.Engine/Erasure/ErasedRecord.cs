using System.Buffers.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>
/// The log record of an erasure: a version byte, then the customer's number among those with its hash (2 bytes). It holds nothing of the
/// customer, who cannot be found by its id afterwards: what stands in its place has none.
/// </summary>
internal static class ErasedRecord
{
    public const int Length = 3;
    private const byte Version = 1;

    /// <summary>Neither a user nor a visitor can have it.</summary>
    private static readonly CustomerId s_nobody = CustomerId.Parse(CustomerId.VisitorPrefix);

    /// <summary>What stands in an erased customer's place.</summary>
    public static CustomerState StateAfter() => new(s_nobody);

    public static bool IsStateAfter(CustomerState state) => state.Id == s_nobody;

    public static void Write(ushort twin, Span<byte> payload)
    {
        payload[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(payload[1..], twin);
    }

    /// <exception cref="FormatException">The bytes are not such a record of a known version.</exception>
    public static ushort Read(ReadOnlySpan<byte> payload)
    {
        if (payload.Length != Length || payload[0] != Version)
        {
            throw new FormatException($"an erasure's record has {payload.Length} bytes; version {Version} has {Length}");
        }

        return BinaryPrimitives.ReadUInt16LittleEndian(payload[1..]);
    }
}
