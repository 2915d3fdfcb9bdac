using System.Globalization;
using System.Text.Json;
using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Insights.Recommendation;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Training;

/// <summary>What <c>insight items train</c> learns from and where the version goes.</summary>
/// <param name="Store">A store whose log is learned from; null: an export.</param>
/// <param name="Out">Folder of the version.</param>
/// <param name="SessionsMax">Newest sessions that are learned from.</param>
internal sealed record ItemTrainSettings(
    string? Store, string? Data, string? Format, string? Mapping, string Out, int SessionsMax, int Seed, bool IsJson);

/// <summary>Trains an order of next items on a shop's own sessions: judged on the last of them, then fitted to all, and written.</summary>
internal sealed class ItemTrainJob(CliConsole console)
{
    /// <summary>Share of the sessions, the latest ones, that judge a version of the earlier ones.</summary>
    private const double JudgedShare = 0.1;

    private static readonly JsonSerializerOptions s_json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <exception cref="CliException">The source is missing, or holds too little.</exception>
    public int Run(ItemTrainSettings settings, CancellationToken cancellationToken)
    {
        var sessions = SessionsOf(Clicks(settings, cancellationToken), settings.SessionsMax);
        if (sessions.Count == 0)
        {
            throw CliException.Usage(
                "no session has two different items: nothing follows anything. Events product_viewed and cart_added with a product id "
                + "are learned from");
        }

        var metrics = Judge(sessions, settings.Seed, cancellationToken);
        var catalogue = new ItemCatalogue();
        var all = ItemSession.Of(sessions.SelectMany(static session => session), catalogue);
        Say($"learning from {all.Count} sessions of {catalogue.Count} items");
        var recommender = NextItemRecommender.Fit(all, catalogue, settings.Seed, Progress(cancellationToken));
        var items = NextItemFile.Write(recommender);
        var manifest = new NextItemManifest
        {
            Name = NextItemManifest.KindName,
            Version = Path.GetFileName(settings.Out),
            Digest = NextItemPackage.DigestOf(items),
            CreatedAt = console.Time.GetUtcNow(),
            Items = catalogue.Count,
            Sessions = all.Count,
            TrainedFrom = Moment(all.Min(static session => session.Start)),
            TrainedTo = Moment(all[^1].End),
            IsLearned = recommender.IsLearned,
            Metrics = metrics,
        };
        Write(NextItemPackage.Check(manifest.ToBytes(), items), settings.Out);
        Tell(manifest, settings);
        return ExitCodes.Success;
    }

    private static void Write(NextItemPackage package, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            package.Write(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--out {folder}: {problem.Message}");
        }
    }

    private void Tell(NextItemManifest manifest, ItemTrainSettings settings)
    {
        if (!manifest.IsLearned) console.Out.WriteLine("too few sessions to learn an order: items come in the order of the neighbours");
        if (manifest.Metrics is { } metrics)
        {
            console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{metrics.Cases:#,0} looks of the last tenth of the sessions, predicted by the others: HR@20 {metrics.HitRate:0.000}, "
                + $"MRR@20 {metrics.Mrr:0.000}; what is learned live alone {metrics.LiveHitRate:0.000}, {metrics.LiveMrr:0.000}"));
        }

        console.Out.WriteLine($"{settings.Out} is written. Next: insight items register {settings.Out}");
        if (settings.IsJson) console.Out.WriteLine(JsonSerializer.Serialize(new { settings.Out, Model = manifest }, s_json));
    }

    private NextItemMetrics? Judge(List<List<Click>> sessions, int seed, CancellationToken cancellationToken)
    {
        var split = sessions.Count - (int)(sessions.Count * JudgedShare);
        List<Click> train = [.. sessions.Take(split).SelectMany(static session => session)];
        List<Click> test = [.. sessions.Skip(split).SelectMany(static session => session)];
        if (test.Count == 0) return null;
        Say($"judging on the last {sessions.Count - split} of {sessions.Count} sessions");
        var report = NextItemStudy.Run("own", train, test, seed, console.Time, Progress(cancellationToken));
        var live = report.Sections[1];
        var alone = live.Results.Single(static result => result.Name == "co_visitation_live");
        return new NextItemMetrics(live.Cases, live.Model["hr_at_20"], live.Model["mrr_at_20"], alone["hr_at_20"], alone["mrr_at_20"]);
    }

    private List<Click> Clicks(ItemTrainSettings settings, CancellationToken cancellationToken)
    {
        var looks = new ShopLooks(new CustomerOptions().SessionGap);
        var count = 0L;
        try
        {
            foreach (var item in Events(settings, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                looks.Add(item);
                count++;
            }
        }
        catch (StoreInputException problem)
        {
            throw CliException.Usage(problem.Message);
        }
        catch (StoreException problem)
        {
            throw CliException.Failure(problem.Message, problem);
        }

        Say($"read {count} events, {looks.Clicks.Count} looks");
        if (count == 0 && settings.Store is { } store)
        {
            throw CliException.Usage(
                $"{store}: its log holds no events. An engine with Engine:KeepLog=false logs none: start it with Engine:KeepLog=true, the "
                + "default, and train when it has taken sessions; or train on an export, with --data and --format");
        }

        return [.. looks.Clicks];
    }

    private static IEnumerable<CustomerEvent> Events(ItemTrainSettings settings, CancellationToken cancellationToken) =>
        settings.Store is { } store
            ? EventLog.Read(store)
            : ReplayInput.Load(EventFormats.Get(settings.Format!, settings.Mapping), settings.Data!, limit: null, cancellationToken)
                .Items.Select(static item => item.Event).OfType<CustomerEvent>();

    /// <summary>Sessions of two looks or more by their end, the newest ones, each in order of time.</summary>
    private static List<List<Click>> SessionsOf(List<Click> clicks, int most)
    {
        var sessions = clicks.GroupBy(static click => click.Session)
            .Select(static session => session.OrderBy(static click => click.Seconds).ToList())
            .Where(static session => session.Count > 1)
            .OrderBy(static session => session[^1].Seconds)
            .ToList();
        return sessions[Math.Max(0, sessions.Count - most)..];
    }

    private Action<string> Progress(CancellationToken cancellationToken) => step =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        Say(step);
    };

    private void Say(string what) => console.Error.WriteLine(what);

    private static DateTimeOffset Moment(double seconds) => DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000));
}
