using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Log;

/// <summary>What a merge record says. Numbers are stored.</summary>
internal enum MergeStep : byte
{
    /// <summary>First step of a merge, in the chain of the id that ends: its history goes to the other customer.</summary>
    Given = 1,

    /// <summary>Second step, in the chain of the customer that goes on: the other's history is part of this one.</summary>
    Taken = 2,

    /// <summary>First step of an un-merge, in the chain of the customer that goes on: the other's events are no part of it.</summary>
    Parted = 3,

    /// <summary>Second step, in the other's chain: its events, also those that the customer's chain holds, are its own again.</summary>
    Restored = 4,
}

/// <summary>
/// One step of a merge or an un-merge. Each holds the state that its customer has afterwards, so that a recovery need not fold two
/// histories again; the first steps also hold what the second needs.
/// </summary>
internal sealed record MergeRecord
{
    private const byte Version = 1;
    private const int MembersMax = 1_000_000;

    public required MergeStep Step { get; init; }

    /// <summary>Whose record it is.</summary>
    public required CustomerId Customer { get; init; }

    public required CustomerId Other { get; init; }

    public required Instant At { get; init; }

    /// <summary>Offset of the first step's record, in the second's; -1 in the first's.</summary>
    public long From { get; init; } = -1;

    /// <summary>Of an un-merge: the ids whose events go with the other: its own and those merged into it.</summary>
    public IReadOnlyList<CustomerId> Members { get; init; } = [];

    /// <summary>The customer's state after the step; of <see cref="MergeStep.Given"/>: before it.</summary>
    public required CustomerState State { get; init; }

    /// <summary>Of <see cref="MergeStep.Parted"/>: the state that the other gets.</summary>
    public CustomerState? OtherState { get; init; }

    /// <summary>What the record leaves of its customer.</summary>
    public CustomerState StateAfter => Step == MergeStep.Given ? new CustomerState(Customer) : State;

    /// <summary>True for the record that another has to follow.</summary>
    public bool IsFirstStep => Step is MergeStep.Given or MergeStep.Parted;

    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>(1024);
        var writer = new ByteWriter(output);
        writer.Byte(Version);
        writer.Byte((byte)Step);
        writer.Text(Customer.Value);
        writer.Text(Other.Value);
        writer.Time(At);
        writer.Signed(From);
        writer.Unsigned((uint)Members.Count);
        foreach (var member in Members) writer.Text(member.Value);
        WriteState(output, State);
        WriteState(output, OtherState);
        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="FormatException">The bytes are not a merge record of a known version.</exception>
    public static MergeRecord Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ByteReader(payload);
        var version = reader.Byte();
        if (version != Version) throw reader.Malformed($"merge record version is {version}, this program reads {Version}");
        var step = reader.Choice((byte)MergeStep.Restored, "merge step");
        if (step == 0) throw reader.Malformed("merge step is 0, 1 to 4 is known");
        var (customer, other) = (reader.Customer(), reader.Customer());
        var (at, from) = (reader.Time(), reader.Signed());
        var members = new CustomerId[reader.Count(MembersMax, itemBytesMin: 2)];
        for (var i = 0; i < members.Length; i++) members[i] = reader.Customer();
        var state = ReadState(payload, ref reader) ?? throw reader.Malformed("merge record without a state");
        return new MergeRecord
        {
            Step = (MergeStep)step,
            Customer = customer,
            Other = other,
            At = at,
            From = from,
            Members = members,
            State = state,
            OtherState = ReadState(payload, ref reader),
        };
    }

    private static void WriteState(ArrayBufferWriter<byte> output, CustomerState? state)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        if (state is not null) CustomerStateCodec.Write(state, bytes);
        new ByteWriter(output).Unsigned((uint)bytes.WrittenCount);
        output.Write(bytes.WrittenSpan);
    }

    private static CustomerState? ReadState(ReadOnlySpan<byte> payload, ref ByteReader reader)
    {
        var length = reader.Count(payload.Length - reader.Position);
        return length == 0 ? null : CustomerStateCodec.Read(reader.Bytes(length));
    }
}
