using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RealtimeInsight.Cli.Features;

/// <summary>A raw array of numbers on disk, little-endian, row after row, written once from start to end.</summary>
internal sealed class ArrayFile<T> : IDisposable
    where T : unmanaged
{
    private readonly FileStream _stream;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly string _name;
    private readonly string _dtype;
    private readonly int _columns;
    private long _values;

    /// <param name="dtype">NumPy's name of the element type, e.g. <c>float32</c>.</param>
    /// <param name="columns">Values a row; 0 for an array of one dimension.</param>
    public ArrayFile(string folder, string name, string dtype, int columns = 0)
    {
        if (!BitConverter.IsLittleEndian) throw CliException.Failure("features are written little-endian, and this machine is not");
        _name = name;
        _dtype = dtype;
        _columns = columns;
        _stream = new FileStream(Path.Combine(folder, FileName), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1 << 20);
    }

    private string FileName => $"{_name}.bin";

    public void Append(ReadOnlySpan<T> values)
    {
        var bytes = MemoryMarshal.AsBytes(values);
        _stream.Write(bytes);
        _hash.AppendData(bytes);
        _values += values.Length;
    }

    /// <summary>Ends the file and describes it.</summary>
    public FeatureArray Finish()
    {
        _stream.Dispose();
        long[] shape = _columns == 0 ? [_values] : [_values / _columns, _columns];
        return new FeatureArray(_name, FileName, _dtype, shape, Convert.ToHexStringLower(_hash.GetHashAndReset()));
    }

    public void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }
}
