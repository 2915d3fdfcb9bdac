using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Cli.Replay.Csv;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Features;

/// <summary>Reads an export of the user's own as the one source to learn from, and says what of it could not be read.</summary>
internal sealed class OwnExport(CliConsole console)
{
    /// <summary>Problems that are told one by one.</summary>
    private const int ProblemsShown = 5;

    /// <exception cref="CliException">The export cannot be read, or half of its lines are no events.</exception>
    public FeatureSource Read(FeatureSettings settings, CancellationToken cancellationToken)
    {
        var format = EventFormats.Get(settings.Format!, settings.Mapping);
        var input = ReplayInput.Load(format, settings.Data!, limit: null, cancellationToken);
        console.Error.WriteLine(
            $"features  {format.Name}: {input.Items.Count:N0} lines in {input.Files.Count:N0} file(s), "
            + $"{input.MalformedCount:N0} are no events");
        foreach (var item in input.Items.Where(item => item.Malformed is not null).Take(ProblemsShown))
        {
            console.Error.WriteLine($"  {item.Malformed!.Code}: {item.Malformed.Message}");
        }

        if (2 * input.MalformedCount >= input.Items.Count)
        {
            throw CliException.Usage(
                $"--data {settings.Data}: {input.MalformedCount:N0} of {input.Items.Count:N0} lines are no events, and more than half have "
                + "to be; the first ones are above: correct the mapping or the export");
        }

        var events = input.Items.Where(item => item.Event is not null).Select(item => item.Event!).ToList();
        var (first, last) = (events[0].OccurredAt, events[^1].OccurredAt);
        var span = last - first;
        return new FeatureSource(
            Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Data!))),
            "own data",
            KnownOf(events),
            events,
            e => span <= TimeSpan.Zero ? 1 : (e.OccurredAt - first) / span);
    }

    /// <summary>The export, read before, parted into shops by the settings: name and source of each, in order of the names.</summary>
    /// <exception cref="CliException">The format has no columns, or a file lacks the one that is asked for.</exception>
    public static IReadOnlyList<FeatureSource> Part(FeatureSource export, FeatureSettings settings)
    {
        var shops = settings.Shops!.Value;
        var split = settings.ShopsBy is { } column
            ? ShopSplit.ByValue(export.Events, FirstValues(settings, column), shops)
            : ShopSplit.ByHash(export.Events, shops);
        return
        [
            .. export.Events.GroupBy(split.Of)
                .OrderBy(shop => shop.Key, StringComparer.Ordinal)
                .Select(shop => export with { Name = shop.Key, Events = [.. shop] }),
        ];
    }

    private static Dictionary<CustomerId, string> FirstValues(FeatureSettings settings, string column)
    {
        if (EventFormats.Get(settings.Format!, settings.Mapping) is not CsvEventFormat format)
        {
            throw CliException.Usage(
                $"--shops-by {column}: {settings.Format} has no columns; leave it out, and customers are parted by a hash of their ids");
        }

        var first = new Dictionary<CustomerId, (Instant At, string Value)>();
        foreach (var (one, field) in DataFile.Find(settings.Data!, format.FileEndings).SelectMany(file => format.ReadWith(file, column)))
        {
            if (!first.TryGetValue(one.Customer, out var known) || one.OccurredAt < known.At)
            {
                first[one.Customer] = (one.OccurredAt, field);
            }
        }

        return first.ToDictionary(pair => pair.Key, pair => pair.Value.Value);
    }

    /// <summary>What the events can tell: an outcome that never happens in an export was not recorded.</summary>
    internal static Outcomes KnownOf(IEnumerable<CustomerEvent> events)
    {
        var kinds = events.Select(e => e.Kind).ToHashSet();
        var known = Outcomes.Churn;
        if (kinds.Contains(EventKind.OrderCompleted)) known |= Outcomes.Purchase;
        if (kinds.Contains(EventKind.OrderCompleted) && kinds.Contains(EventKind.CartAdded)) known |= Outcomes.Abandonment;
        if (kinds.Contains(EventKind.ProductViewed) || kinds.Contains(EventKind.CartAdded)) known |= Outcomes.NextItem;
        return known;
    }
}
