using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Features;

/// <summary>Reads the sources, writes the arrays, and tells how far it is.</summary>
internal sealed class FeatureJob(CliConsole console)
{
    private const int RowsPerLine = 200_000;

    /// <exception cref="CliException">A source is missing or empty.</exception>
    public FeatureSet Run(FeatureSettings settings, CancellationToken cancellationToken)
    {
        var sources = settings.Format is null
            ? Shipped(settings, cancellationToken)
            : [new OwnExport(console).Read(settings, cancellationToken)];
        using var writer = new TensorWriter(settings.Out, new CustomerOptions());
        foreach (var source in sources) Write(writer, source, cancellationToken);
        return writer.Finish(settings.Seed);
    }

    /// <summary>An export parted into shops: a set of arrays for each, in a folder of its name under the settings' own.</summary>
    /// <exception cref="CliException">The export cannot be read or parted, or the folder holds shops of another split.</exception>
    public IReadOnlyList<(string Name, FeatureSet Set)> RunShops(FeatureSettings settings, CancellationToken cancellationToken)
    {
        var shops = OwnExport.Part(new OwnExport(console).Read(settings, cancellationToken), settings);
        RefuseOthers(settings.Out, [.. shops.Select(shop => shop.Name)]);
        var written = new List<(string, FeatureSet)>();
        foreach (var shop in shops)
        {
            using var writer = new TensorWriter(Path.Combine(settings.Out, shop.Name), new CustomerOptions());
            Write(writer, shop, cancellationToken);
            written.Add((shop.Name, writer.Finish(settings.Seed)));
        }

        return written;
    }

    /// <summary>All folders of a split are trained together: one of an earlier split would be counted twice.</summary>
    private static void RefuseOthers(string folder, HashSet<string> shops)
    {
        if (!Directory.Exists(folder)) return;
        var other = Directory.EnumerateDirectories(folder)
            .FirstOrDefault(path => !shops.Contains(Path.GetFileName(path)) && File.Exists(Path.Combine(path, FeatureSet.FileName)));
        if (other is null) return;
        throw CliException.Usage($"--out {folder}: holds {other} of another split; remove it, or name another folder");
    }

    private static List<FeatureSource> Shipped(FeatureSettings settings, CancellationToken cancellationToken)
    {
        var sources = new List<FeatureSource>
        {
            FeatureSources.Simulated(settings.Shop()),
            FeatureSources.SimulatedSparse(settings.SparseShop()),
        };
        if (settings.Data is { } data) sources.AddRange(FeatureSources.Recorded(data, cancellationToken));
        return sources;
    }

    private void Write(TensorWriter writer, FeatureSource source, CancellationToken cancellationToken)
    {
        var started = console.Time.GetTimestamp();
        var status = new StatusLine(console);
        var total = 0L;
        writer.Write(source, OnRow, cancellationToken);
        status.Show($"features  {source.Name}: {total:N0} events in {Seconds():F0} s");
        status.End();

        void OnRow(CustomerEvent customerEvent, long row)
        {
            total = row;
            if (row % RowsPerLine != 0) return;
            var left = source.Progress?.Invoke(customerEvent) is { } share and > 0.01
                ? $", about {Seconds() * (1 - share) / share:F0} s left"
                : "";
            status.Show($"features  {source.Name}: {row:N0} events{left}");
        }

        double Seconds() => console.Time.GetElapsedTime(started).TotalSeconds;
    }
}
