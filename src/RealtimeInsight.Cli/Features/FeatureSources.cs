using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Host.Demo;

namespace RealtimeInsight.Cli.Features;

/// <summary>The sources that the shipped model is trained on: the simulated shop and recorded data that may be passed on.</summary>
public static class FeatureSources
{
    private static readonly (string Format, string Licence, Outcomes Known)[] s_recorded =
    [
        // A click log: sessions are not customers, and orders are not in it.
        ("eshop2008", "CC BY 4.0", Outcomes.NextItem),

        // An order log: there are no carts, and products that were ordered together say little about the next view.
        ("online_retail", "CC0 1.0", Outcomes.Churn | Outcomes.Purchase),
    ];

    /// <summary>Names of the recorded sets, each a folder of that name.</summary>
    public static IEnumerable<string> RecordedNames => s_recorded.Select(set => set.Format);

    public static FeatureSource Simulated(ShopSimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var days = options.Days ?? throw new ArgumentException("Days is null, which never ends; training needs an end", nameof(options));
        return new FeatureSource(
            "simulated",
            "generated",
            Outcomes.All,
            new ShopSimulator(options).Events(),
            Progress: e => (e.OccurredAt - options.Start) / TimeSpan.FromDays(days));
    }

    /// <summary>Another crowd in another simulated shop, which tracks little.</summary>
    public static FeatureSource SimulatedSparse(ShopSimulatorOptions options)
    {
        var full = Simulated(options);
        return full with { Name = "simulated_sparse", Events = SparseTracking.Of(full.Events, PersonOf) };
    }

    /// <summary>The recorded sets that lie in a folder.</summary>
    /// <exception cref="CliException">The folder is missing, or holds none of them.</exception>
    public static IReadOnlyList<FeatureSource> Recorded(string folder, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder)) throw CliException.Usage($"--data {folder}: there is no such folder");
        var sources = new List<FeatureSource>();
        foreach (var (format, licence, known) in s_recorded)
        {
            var path = Path.Combine(folder, format);
            if (Directory.Exists(path)) sources.Add(new FeatureSource(format, licence, known, Read(format, path, cancellationToken)));
        }

        if (sources.Count != 0) return sources;
        throw CliException.Usage(
            $"--data {folder}: holds no folder {string.Join(" or ", RecordedNames)}; give the folder they lie in, or leave the option out");
    }

    /// <summary>The simulator's ids are v-... and c-... before and behind the same name.</summary>
    private static string PersonOf(CustomerId id) => id.Value[(id.IsVisitor ? CustomerId.VisitorPrefix.Length : 0)..].Split('-', 2)[1];

    private static IEnumerable<CustomerEvent> Read(string format, string path, CancellationToken cancellationToken)
    {
        foreach (var item in ReplayInput.Load(EventFormats.Get(format), path, limit: null, cancellationToken).Items)
        {
            if (item.Event is { } customerEvent) yield return customerEvent;
        }
    }
}
