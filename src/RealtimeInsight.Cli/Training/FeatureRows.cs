using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using RealtimeInsight.Cli.Features;

namespace RealtimeInsight.Cli.Training;

/// <summary>Reads rows of one array of a feature set from disk; the arrays may be larger than memory. Not thread-safe.</summary>
internal sealed class FeatureRows<T> : IDisposable
    where T : unmanaged
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly int _bytesPerRow;

    public FeatureRows(string folder, FeatureSet set, string name)
    {
        var array = set.Arrays.Single(array => array.Name == name);
        _path = Path.Combine(folder, array.File);
        _bytesPerRow = (int)(array.Shape.Count == 1 ? 1 : array.Shape[1]) * Marshal.SizeOf<T>();
        Count = array.Shape[0];
        _file = File.OpenHandle(_path);
    }

    public long Count { get; }

    /// <summary>Fills the span with the rows from <paramref name="row"/> on.</summary>
    public void Read(long row, Span<T> into)
    {
        var bytes = MemoryMarshal.AsBytes(into);
        var at = row * _bytesPerRow;
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, at);
            if (read == 0) throw CliException.Failure($"{_path}: ends at byte {at}, within row {row}; write the features again");
            bytes = bytes[read..];
            at += read;
        }
    }

    /// <summary>The whole array.</summary>
    public T[] ReadAll()
    {
        var all = new T[Count * _bytesPerRow / Marshal.SizeOf<T>()];
        Read(0, all);
        return all;
    }

    public void Dispose() => _file.Dispose();
}
