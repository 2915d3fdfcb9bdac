using System.Buffers;

namespace RealtimeInsight.Engine.Log;

/// <summary>A growing buffer on pooled arrays; bytes already written can be patched. Not thread-safe.</summary>
internal sealed class PooledBuffer(int lengthMin) : IBufferWriter<byte>
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public Span<byte> Span => _bytes.AsSpan(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Adds zeroed or stale bytes to be filled in by the caller.</summary>
    public Span<byte> Append(int count)
    {
        Ensure(count);
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Clear() => Length = 0;

    /// <summary>Gives the array back to the pool; the buffer can be filled again.</summary>
    public void Release()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Ensure(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed <= _bytes.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(lengthMin, _bytes.Length * 2)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
