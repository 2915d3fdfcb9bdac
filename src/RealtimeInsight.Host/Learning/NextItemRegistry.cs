using System.Globalization;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Host.Learning;

/// <summary>
/// Versions of the trained order of next items, kept in the data folder, and which of them serves. A version is read, checked and tried
/// before it serves; the plan is on disk before it is in effect; lists that are being made are finished with the order before. Thread-safe.
/// </summary>
/// <param name="dataDirectory">The engine's data folder.</param>
/// <param name="learning">What the order is given to.</param>
public sealed class NextItemRegistry(string dataDirectory, EngineLearning learning, TimeProvider time)
{
    /// <summary>What a list may take, on the middle of the lists that are tried.</summary>
    public static readonly TimeSpan ListDurationMax = TimeSpan.FromMilliseconds(50);

    private const int ListsTried = 50;

    private readonly Lock _gate = new();
    private readonly string _root = Path.Combine(dataDirectory, "models", NextItemManifest.KindName);
    private readonly string _planPath = Path.Combine(dataDirectory, NextItemPlan.FileName);
    private NextItemPlan _plan = NextItemPlan.Nothing;

    /// <summary>Why a version that should serve does not; null when all is well.</summary>
    public string? Problem { get; private set; }

    /// <summary>Lets the version serve that did when the engine ended. One that cannot is a problem, and live items serve alone.</summary>
    public void Start()
    {
        lock (_gate)
        {
            try
            {
                _plan = NextItemPlan.Read(_planPath);
                if (_plan.Serving is { } version && learning.Items is not null) learning.Order = Prepare(version);
            }
            catch (Exception problem) when (problem is ModelRefusedException or ModelRequestException)
            {
                Problem = $"next items come from what is learned live alone: {problem.Message}";
            }
        }
    }

    public NextItemListing List()
    {
        lock (_gate)
        {
            var figures = learning.OrderFigures;
            return new NextItemListing(
                learning.Order?.Version, _plan.Before, figures.Trained.Judged,
                figures.Trained.HitRate, figures.Trained.MeanReciprocalRank,
                figures.LiveAlone.HitRate, figures.LiveAlone.MeanReciprocalRank,
                [.. Versions().Select(Describe)]);
        }
    }

    /// <summary>Checks a version, tries it, and keeps it; it serves nobody yet.</summary>
    /// <exception cref="ModelRefusedException">It is damaged, slow, or another one has its number.</exception>
    public void Register(ReadOnlyMemory<byte> manifest, ReadOnlyMemory<byte> items)
    {
        var package = NextItemPackage.Check(manifest, items);
        lock (_gate)
        {
            Try(package);
            var folder = Path.Combine(_root, package.Manifest.Version);
            if (Directory.Exists(folder))
            {
                if (NextItemPackage.Read(folder).Manifest.Digest == package.Manifest.Digest) return;
                throw new ModelRefusedException(ModelRefusal.Manifest,
                    $"There is a version {package.Manifest.Version} already, with other items; a version never changes. "
                    + "Train it as the next version.");
            }

            VersionFolder.Of(folder).Install(package.Write);
        }
    }

    /// <exception cref="ModelRequestException">It is not there, or nothing is learned of items.</exception>
    /// <exception cref="ModelRefusedException">It is damaged or slow; what served goes on serving.</exception>
    public void Promote(string? version)
    {
        RequireItems();
        lock (_gate)
        {
            if (version is null || !Versions().Contains(version))
            {
                throw new ModelRequestException(
                    $"There is no version '{version}' of {NextItemManifest.KindName}; register one, or name one of: "
                    + $"{string.Join(", ", Versions())}");
            }

            if (learning.Order?.Version == version) throw new ModelRequestException($"Version {version} serves already; nothing to do");
            Serve(_plan.Promote(version));
        }
    }

    /// <summary>Back to what served before: another version, or live items alone.</summary>
    /// <exception cref="ModelRequestException">Nothing served before.</exception>
    /// <exception cref="ModelRefusedException">It is damaged or slow now; what served goes on serving.</exception>
    public void Rollback()
    {
        RequireItems();
        lock (_gate)
        {
            if (_plan.Before.Count == 0) throw new ModelRequestException("No order of next items served before; promote a version instead");
            Serve(_plan.Rollback());
        }
    }

    private void RequireItems()
    {
        if (learning.Items is not null) return;
        throw new ModelRequestException(
            "A trained order of next items needs what is learned live beside it; set Engine:Learning:Items:IsOn to true");
    }

    private void Serve(NextItemPlan plan)
    {
        var order = plan.Serving is { } version ? Prepare(version) : null;
        plan.Write(_planPath);
        (_plan, Problem) = (plan, null);
        learning.Order = order;
    }

    private TrainedItems Prepare(string version) => Try(NextItemPackage.Read(Path.Combine(_root, version)));

    /// <summary>Makes lists for the ends of its newest sessions.</summary>
    private TrainedItems Try(NextItemPackage package)
    {
        var order = package.Load();
        var (live, looks) = (new LiveItems(new LiveItemsOptions()), new List<TimeSpan>());
        foreach (var session in order.NewestSessions(ListsTried))
        {
            var before = session.Select(EntityHash.Item).Reverse().Take(LiveItems.StepsMax).ToArray();
            var began = time.GetTimestamp();
            var list = order.Recommend(before, Instant.From(package.Manifest.TrainedTo), Instant.None, live, LiveItems.Depth);
            looks.Add(time.GetElapsedTime(began));
            if (list.Count > 0 && list.All(static one => double.IsFinite(one.Share))) continue;
            throw new ModelRefusedException(ModelRefusal.WarmUp,
                $"Version {package.Manifest.Version} gives no list for one of its own sessions; it has to. Train it again.");
        }

        looks.Sort();
        if (looks.Count > 0 && looks[looks.Count / 2] is var middle && middle > ListDurationMax)
        {
            throw new ModelRefusedException(ModelRefusal.Slow, string.Create(CultureInfo.InvariantCulture,
                $"A list of version {package.Manifest.Version} takes {middle.TotalMilliseconds:0.0} ms, "
                + $"{ListDurationMax.TotalMilliseconds:0} are allowed. Train it on fewer sessions: --sessions-max."));
        }

        return order;
    }

    private List<string> Versions() => !Directory.Exists(_root) ? []
        :
        [
            .. Directory.GetDirectories(_root).Select(static path => Path.GetFileName(path))
                .Where(static name => long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out _))
                .OrderByDescending(static name => long.Parse(name, CultureInfo.InvariantCulture)),
        ];

    private NextItemVersion Describe(string version)
    {
        try
        {
            var manifest = NextItemManifest.Read(File.ReadAllBytes(Path.Combine(_root, version, NextItemPackage.ManifestFile)));
            return new NextItemVersion(version, learning.Order?.Version == version, manifest, null);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return new NextItemVersion(version, IsServing: false, null, problem.Message);
        }
    }
}

/// <param name="Serving">The version that serves; null: live items alone.</param>
/// <param name="Before">What served before it, the newest first; null: live items alone.</param>
/// <param name="Judged">Lists that were judged since it serves, or since the engine was started.</param>
/// <param name="HitRate">HR@20 of them, with the live share; null before the first.</param>
/// <param name="LiveHitRate">HR@20 of live items alone before the same looks.</param>
public sealed record NextItemListing(
    string? Serving, IReadOnlyList<string?> Before, long Judged, double? HitRate, double? Mrr, double? LiveHitRate, double? LiveMrr,
    IReadOnlyList<NextItemVersion> Versions);

/// <param name="Problem">Why it cannot be described; null when it can.</param>
public sealed record NextItemVersion(string Version, bool IsServing, NextItemManifest? Manifest, string? Problem);
