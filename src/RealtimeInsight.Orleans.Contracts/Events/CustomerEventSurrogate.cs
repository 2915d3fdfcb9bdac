using System.Buffers;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Orleans.Contracts.Events;

/// <summary>An event on the wire: the bytes of <see cref="EventCodec"/>, which carry their own version.</summary>
[GenerateSerializer, Immutable, Alias("ri.customer-event")]
public struct CustomerEventSurrogate
{
    [Id(0)]
    public byte[] Bytes;
}

/// <summary>Between events and their wire form.</summary>
[RegisterConverter]
public sealed class CustomerEventConverter : IConverter<CustomerEvent, CustomerEventSurrogate>
{
    /// <exception cref="FormatException">The bytes are not an event of a known version.</exception>
    public CustomerEvent ConvertFromSurrogate(in CustomerEventSurrogate surrogate)
    {
        ReadOnlySpan<byte> bytes = surrogate.Bytes;
        var item = EventCodec.Read(ref bytes);
        return bytes.IsEmpty
            ? item
            : throw new FormatException(
                $"{bytes.Length} bytes follow an event of {surrogate.Bytes.Length - bytes.Length}; "
                + "send one event in one surrogate");
    }

    public CustomerEventSurrogate ConvertToSurrogate(in CustomerEvent value)
    {
        var output = new ArrayBufferWriter<byte>(128);
        EventCodec.Write(value, output);
        return new CustomerEventSurrogate { Bytes = output.WrittenSpan.ToArray() };
    }
}
