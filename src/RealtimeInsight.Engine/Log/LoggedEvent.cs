using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Log;

/// <summary>An event as the log has it: with the customer that it counts for, which is not always the one that it was sent under.</summary>
public readonly record struct LoggedEvent(CustomerId Customer, CustomerEvent Event)
{
    /// <summary>True when the id that it was sent under had been merged into the customer's.</summary>
    public bool IsForwarded => Customer != Event.Customer;

    /// <summary>True for records that hold an event.</summary>
    public static bool Is(RecordKind kind) => kind is RecordKind.Event or RecordKind.Forwarded;

    /// <param name="kind">One that <see cref="Is"/> is true for.</param>
    /// <param name="payload">Of the record.</param>
    public static LoggedEvent Read(RecordKind kind, ReadOnlySpan<byte> payload)
    {
        CustomerId? customer = null;
        if (kind == RecordKind.Forwarded)
        {
            var reader = new ByteReader(payload);
            customer = reader.Customer();
            payload = payload[reader.Position..];
        }

        var item = EventCodec.Read(ref payload);
        return new LoggedEvent(customer ?? item.Customer, item);
    }
}
