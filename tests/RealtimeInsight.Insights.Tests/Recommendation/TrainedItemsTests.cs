using System.Globalization;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Insights.Recommendation;

namespace RealtimeInsight.Insights.Tests.Recommendation;

public sealed class TrainedItemsTests
{
    private const double Day = 86_400;
    private static readonly NextItemRecommender s_recommender = Fit();

    [Fact]
    public void File_ReadBack_GivesTheSameLists()
    {
        var again = NextItemFile.Read(NextItemFile.Write(s_recommender));

        Assert.True(again.IsLearned);
        var (before, after) = (new int[20], new int[20]);
        foreach (var session in s_recommender.Sessions.TakeLast(50))
        {
            s_recommender.Recommend(session.Items.AsSpan(0, 1), session.Times.AsSpan(0, 1), before);
            again.Recommend(session.Items.AsSpan(0, 1), session.Times.AsSpan(0, 1), after);
            Assert.Equal(before, after);
        }
    }

    [Fact]
    public void File_CutOffOrOfSomethingElse_IsRefused()
    {
        var bytes = NextItemFile.Write(s_recommender);

        for (var length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 97))
        {
            Assert.Throws<FormatException>(() => NextItemFile.Read(bytes.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => NextItemFile.Read([.. bytes, 0]));
        bytes[0] = 9;
        Assert.Throws<FormatException>(() => NextItemFile.Read(bytes));
    }

    [Fact]
    public void Recommend_IsTheMixThatTheStudyJudges()
    {
        var (served, live) = (new TrainedItems("1", s_recommender), Live());
        foreach (var session in s_recommender.Sessions.TakeLast(100))
        {
            var (prefix, times) = (session.Items[..^1], session.Times[..^1]);
            uint[] before = [.. prefix.Reverse().Select(KeyOf)];
            var (shares, mixed) = (new Dictionary<uint, double>(), new Dictionary<uint, double>());
            live.Score(before, shares);
            s_recommender.Mix(prefix, times, shares, KeyOf, mixed);

            var list = served.Recommend(
                before, At(times[^1]), times.Length > 1 ? At(times[^2]) : Instant.None, live, LiveItems.Depth);

            Assert.Equal(LiveItems.Depth, list.Select(static one => one.Item).Distinct().Count());
            var best = mixed.Values.OrderDescending().Take(LiveItems.Depth).ToList();
            Assert.Equal(best, list.Take(best.Count).Select(static one => one.Share));
            Assert.All(
                list.Take(best.Count),
                one => Assert.Equal(mixed[EntityHash.Item(one.Item)], one.Share));
        }
    }

    [Fact]
    public void Recommend_ManyAtATime_GivesEachItsOwn()
    {
        var (served, live) = (new TrainedItems("1", s_recommender), Live());
        var looks = s_recommender.Sessions.TakeLast(64).Select(session => (uint[])[KeyOf(session.Items[0])]).ToList();
        var alone = looks.Select(Ask).ToList();

        var together = looks.AsParallel().AsOrdered().WithDegreeOfParallelism(8).Select(Ask).ToList();

        Assert.Equal(alone, together);

        string Ask(uint[] before)
        {
            var list = served.Recommend(before, At(20 * Day), Instant.None, live, LiveItems.Depth);
            return string.Join(' ', list.Select(static one => $"{one.Item} {one.Share:R}"));
        }
    }

    [Fact]
    public void Recommend_ItemsThatCameLater_AreLeftToTheLivePart()
    {
        var (served, live) = (new TrainedItems("1", s_recommender), Live());
        var (fresh, next) = (EntityHash.Item("fresh"), EntityHash.Item("next"));
        live.Saw("fresh", fresh, [], At(20 * Day));
        live.Saw("next", next, [fresh], At((20 * Day) + 5));

        var unknown = served.Recommend([fresh], At((20 * Day) + 9), Instant.None, live, 3);
        var known = served.Recommend([fresh, KeyOf(0)], At((20 * Day) + 9), At(20 * Day), live, LiveItems.Depth);

        Assert.Equal("next", unknown[0].Item);
        Assert.Contains("next", known.Select(static one => one.Item));
    }

    [Fact]
    public void Looks_SameItemTwiceInARow_CountsOnce_AndAPauseBeginsASession()
    {
        var looks = new ShopLooks(TimeSpan.FromMinutes(30));
        foreach (var (item, minutes) in (IEnumerable<(string, double)>)[("a", 0), ("a", 1), ("b", 2), ("a", 3), ("c", 60)])
        {
            looks.Add(new Domain.Events.CustomerEvent
            {
                Id = Domain.Events.EventId.Parse($"e{minutes}"),
                Kind = Domain.Events.EventKind.ProductViewed,
                Customer = Domain.Identity.CustomerId.FromUser("u"),
                OccurredAt = At(minutes * 60),
                IngestedAt = At(minutes * 60),
                Products = [new Domain.Events.ProductLine(item)],
            });
        }

        Assert.Equal(["1 a", "1 b", "1 a", "2 c"], looks.Clicks.Select(static click => $"{click.Session} {click.Item}"));
    }

    private static Instant At(double seconds) => new((long)(seconds * 1000));

    private static uint KeyOf(int number) => EntityHash.Item(s_recommender.Catalogue.Ids[number]);

    private static LiveItems Live()
    {
        var live = new LiveItems(new LiveItemsOptions { CountMax = 10_000 });
        foreach (var session in s_recommender.Sessions)
        {
            for (var i = 0; i < session.Items.Length; i++)
            {
                uint[] before = [.. session.Items[..i].Reverse().Select(KeyOf)];
                live.Saw(s_recommender.Catalogue.Ids[session.Items[i]], KeyOf(session.Items[i]), before, At(session.Times[i]));
            }
        }

        return live;
    }

    /// <summary>Sessions that walk along rows of ten items, a step or two at a time.</summary>
    private static NextItemRecommender Fit()
    {
        var random = new Random(3);
        var clicks = new List<Click>();
        for (var session = 0; session < 800; session++)
        {
            var (row, place) = (random.Next(8), random.Next(10));
            for (var step = 0; step < 2 + random.Next(4); step++)
            {
                clicks.Add(new Click(
                    session.ToString(CultureInfo.InvariantCulture), $"p{(row * 10) + place}", $"c{row}",
                    (session * 20 * Day / 800) + (step * 30)));
                place = (place + 1 + random.Next(2)) % 10;
            }
        }

        var catalogue = new ItemCatalogue();
        return NextItemRecommender.Fit(ItemSession.Of(clicks, catalogue), catalogue, seed: 1);
    }
}
