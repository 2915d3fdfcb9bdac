using System.Runtime.InteropServices;
using System.Text.Json;
using RealtimeInsight.Cli.Features;
using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Cli.Tests.Training;

/// <summary>Arrays written to a temporary folder, read back; removed at the end of a test.</summary>
internal sealed class WrittenFeatures : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("insight-features-tests-");

    public WrittenFeatures(params FeatureSource[] sources)
    {
        using var writer = new TensorWriter(_folder.FullName, new CustomerOptions());
        foreach (var source in sources) writer.Write(source, onRow: null, CancellationToken.None);
        Set = writer.Finish(seed: 1);
    }

    public FeatureSet Set { get; }

    public JsonElement Json => JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.FullName, FeatureSet.FileName))).RootElement;

    public T[] Read<T>(string name)
        where T : unmanaged
    {
        var array = Set.Arrays.Single(array => array.Name == name);
        var values = MemoryMarshal.Cast<byte, T>(File.ReadAllBytes(Path.Combine(_folder.FullName, array.File))).ToArray();
        Assert.Equal(array.Shape.Aggregate((a, b) => a * b), values.Length);
        return values;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
