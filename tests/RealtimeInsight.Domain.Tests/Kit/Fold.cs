using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>Folds histories and looks at the result as bytes.</summary>
internal static class Fold
{
    public static readonly CustomerMachine Machine = new(new CustomerOptions());

    /// <summary>Events one after the other and nothing between them.</summary>
    public static CustomerState Plain(IEnumerable<CustomerEvent> events, EffectBuffer? effects = null, CustomerMachine? machine = null)
    {
        var state = new CustomerState(Make.Ada);
        effects ??= new EffectBuffer();
        foreach (var item in events) (machine ?? Machine).Apply(state, item, effects);
        return state;
    }

    public static byte[] Bytes(CustomerState state)
    {
        var output = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Write(state, output);
        return output.WrittenSpan.ToArray();
    }

    public static CustomerState Copy(CustomerState state) => CustomerStateCodec.Read(Bytes(state));

    public static byte[] Bytes(CustomerEvent item)
    {
        var output = new ArrayBufferWriter<byte>();
        EventCodec.Write(item, output);
        return output.WrittenSpan.ToArray();
    }

    public static CustomerEvent Event(byte[] bytes)
    {
        ReadOnlySpan<byte> source = bytes;
        var item = EventCodec.Read(ref source);
        Assert.True(source.IsEmpty, "an event is read to its end");
        return item;
    }

    /// <summary>A moment between two others, both included; often one of the two.</summary>
    public static Instant Between(Random random, Instant from, Instant to) => random.Next(5) switch
    {
        0 => from,
        1 => to,
        _ => new Instant(random.NextInt64(from.UnixMs, to.UnixMs + 1)),
    };
}
