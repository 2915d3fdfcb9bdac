using System.Buffers;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>
/// All events of one customer in order of arrival, packed, as long as they are within a limit; beyond it none, and never any again but for
/// a customer that begins anew.
/// </summary>
internal sealed class KeptHistory
{
    private readonly int _bytesMax;
    private ArrayBufferWriter<byte>? _bytes;

    /// <param name="stored">As <see cref="ToBytes"/> gave it; null where it is not kept.</param>
    public KeptHistory(byte[]? stored, int bytesMax)
    {
        _bytesMax = bytesMax;
        if (stored is not null) Append(_bytes = new ArrayBufferWriter<byte>(Math.Max(256, stored.Length)), stored);
    }

    /// <summary>False when the history has become too long: nothing of it is here then.</summary>
    public bool IsWhole => _bytes is not null;

    public void Add(CustomerEvent item)
    {
        if (_bytes is null) return;
        EventCodec.Write(item, _bytes);
        Limit();
    }

    /// <summary>Takes another history in, behind this one; both have to be whole to give a whole one.</summary>
    public void Add(KeptHistory other)
    {
        if (_bytes is null || other._bytes is null)
        {
            _bytes = null;
            return;
        }

        Append(_bytes, other._bytes.WrittenSpan);
        Limit();
    }

    /// <summary>Bytes kept: what came before any later event is the history's beginning of this length.</summary>
    public int Length => _bytes?.WrittenCount ?? 0;

    /// <summary>In order of arrival.</summary>
    /// <param name="length">Only as many of the first bytes, as <see cref="Length"/> gave them.</param>
    /// <exception cref="InvalidOperationException">The history is not whole.</exception>
    public List<CustomerEvent> Read(int length = int.MaxValue)
    {
        if (_bytes is null) throw new InvalidOperationException("the history is not kept; ask whether it is whole first");
        var events = new List<CustomerEvent>();
        var bytes = _bytes.WrittenSpan[..Math.Min(length, _bytes.WrittenCount)];
        while (!bytes.IsEmpty) events.Add(EventCodec.Read(ref bytes));
        return events;
    }

    public bool Contains(EventId id)
    {
        var hash = id.StableHash;
        return IsWhole && Read().Exists(item => item.Id.StableHash == hash);
    }

    public byte[]? ToBytes() => _bytes?.WrittenSpan.ToArray();

    private void Limit()
    {
        if (_bytes!.WrittenCount > _bytesMax) _bytes = null;
    }

    private static void Append(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> bytes) => target.Write(bytes);
}
