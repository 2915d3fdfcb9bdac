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
