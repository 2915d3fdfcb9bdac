using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Learning;

public sealed class LiveItemsTests
{
    private static readonly Instant s_start = new(1_780_000_000_000);

    [Fact]
    public void Recommend_WhatOthersLookedAtNext_ComesFirst()
    {
        var items = new LiveItems(new LiveItemsOptions());
        for (var i = 0; i < 10; i++) Walk(items, i, 1, 2, 3);
        for (var i = 0; i < 4; i++) Walk(items, i, 1, 4);
        Walk(items, 20, 9);

        var next = items.Recommend([1], 4);

        Assert.Equal(["2", "3", "4"], next.Take(3).Select(static one => one.Item));
        Assert.InRange(next.Sum(static one => one.Share), 0.99, 1.0001);
        Assert.Equal("1", items.Recommend([7], 1)[0].Item);
    }

    [Fact]
    public void Recommend_WhatIsLookedAtLately_OvertakesWhatWas()
    {
        var items = new LiveItems(new LiveItemsOptions { HalfLife = TimeSpan.FromDays(1) });
        for (var i = 0; i < 40; i++) Walk(items, i, 1, 2);
        for (var i = 0; i < 3; i++) Walk(items, (10 * 24 * 60) + i, 1, 3);

        Assert.Equal("3", items.Recommend([1], 1)[0].Item);
    }

    [Fact]
    public void Figures_AreOfTheListsBeforeEachItem()
    {
        var items = new LiveItems(new LiveItemsOptions());
        Walk(items, 0, 1, 2);
        Walk(items, 1, 1, 3, 2);
        Walk(items, 2, 1, 2);

        // Nothing is known of 2 after 1; 3 is new; after 1 and 3 item 2 is first (1 and 2 go together, the more so than 1 and 3).
        var found = items.Figures;
        Assert.Equal(4, found.Judged);
        Assert.Equal(2, found.Hits);
        Assert.InRange(found.ReciprocalSum, 0.6, 2);
        Assert.Equal(found.Hits / 4.0, found.HitRate);
        var none = NextItemFigures.None;
        Assert.Equal((0L, null, null), (none.Judged, none.HitRate, none.MeanReciprocalRank));
    }

    [Fact]
    public void Figures_AreThoseOfTheListsThatWereThere() => Law.Holds(20, seed =>
    {
        var random = new Random(seed);
        var items = new LiveItems(new LiveItemsOptions { PartnersMax = 5 + random.Next(30) });
        var known = random.Next(5, 120);
        var expected = NextItemFigures.None;
        for (var walk = 0; walk < 60; walk++)
        {
            var before = new List<uint>();
            for (var step = random.Next(2, 8); step > 0; step--)
            {
                var item = (uint)(random.Next(known) * random.NextDouble());
                if (before.Count > 0)
                {
                    var list = items.Recommend(before.ToArray(), LiveItems.Depth).Select(static one => one.Item).ToList();
                    expected = expected.With(list.IndexOf($"{item}") + 1);
                }

                items.Saw($"{item}", item, before.ToArray(), s_start + TimeSpan.FromMinutes(walk));
                before.Insert(0, item);
            }
        }

        Assert.Equal(expected, items.Figures);
    });

    [Fact]
    public void Learned_WithRoomForAll_DoesNotDependOnTheOrderOfTheSessions() => Law.Holds(15, seed =>
    {
        var random = new Random(seed);
        var walks = Enumerable.Range(0, 60).Select(_ => (
            At: random.Next(20 * 24 * 60), Items: Enumerable.Range(0, random.Next(1, 6)).Select(_ => random.Next(30)).ToArray())).ToArray();
        var (first, second) = (Room(), Room());
        foreach (var (at, walk) in walks) Walk(first, at, walk);
        random.Shuffle(walks);
        foreach (var (at, walk) in walks) Walk(second, at, walk);

        for (var item = 0; item < 30; item++)
        {
            var (a, b) = (Shares(first, (uint)item), Shares(second, (uint)item));
            Assert.Equal(a.Keys.Order(), b.Keys.Order());
            foreach (var (key, share) in a) Assert.Equal(share, b[key], tolerance: 1e-9);
        }

        static LiveItems Room() => new(new LiveItemsOptions { PartnersMax = 200, HalfLife = TimeSpan.FromHours(5) });
    });

    [Fact]
    public void Items_OfAnyStream_StayWithinTheirBound_AndTheMostSeenStay() => Law.Holds(5, seed =>
    {
        var random = new Random(seed);
        var items = new LiveItems(new LiveItemsOptions { CountMax = 100, PartnersMax = 5 });
        for (var i = 0; i < 3_000; i++)
        {
            Walk(items, i, random.Next(4), 1_000 + random.Next(100_000), random.Next(4));
            if (i % 500 == 0) Assert.InRange(items.Count, 1, 100);
        }

        Assert.InRange(items.Count, 1, 100);
        Assert.InRange(Bytes(items).Length, 1, 100 * 200);
        for (uint item = 0; item < 4; item++) Assert.InRange(Shares(items, item).Count, 0, 5);
        Assert.Equal(["0", "1", "2", "3"], items.Recommend([uint.MaxValue], 4).Select(static one => one.Item).Order());
    });

    [Fact]
    public void Time_FarAhead_ScalesWithoutOverflow()
    {
        var items = new LiveItems(new LiveItemsOptions { HalfLife = TimeSpan.FromHours(1) });
        Walk(items, 0, 1, 2);
        for (var year = 1; year < 30; year++) Walk(items, year * 365 * 24 * 60, 1, 3);

        Assert.Equal("3", items.Recommend([1], 1)[0].Item);
        Assert.All(items.Recommend([1], 5), static one => Assert.True(double.IsFinite(one.Share)));
    }

    [Fact]
    public void Frozen_LearnsNothing_AndReset_ForgetsAll()
    {
        var items = new LiveItems(new LiveItemsOptions());
        Walk(items, 0, 1, 2);
        items.IsFrozen = true;
        Walk(items, 1, 1, 3);
        Assert.Equal(["2", "1"], items.Recommend([1], 3).Select(static one => one.Item));

        items.Reset();

        Assert.Equal((0, NextItemFigures.None), (items.Count, items.Figures));
        Assert.Empty(items.Recommend([1], 3));
    }

    [Fact]
    public void Load_GoesOnTheSame_AndRefusesWhatIsCut()
    {
        var (before, after) = (new LiveItems(new LiveItemsOptions()), new LiveItems(new LiveItemsOptions()));
        for (var i = 0; i < 50; i++) Walk(before, i * 60, i % 7, i % 5, i % 3);
        var bytes = Bytes(before);
        Load(after, bytes);

        foreach (var one in (LiveItems[])[before, after]) Walk(one, 4_000, 1, 2, 3);

        Assert.Equal(Bytes(before), Bytes(after));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.Throws<FormatException>(() => Load(after, bytes[..length]));
        }

        Assert.Equal(Bytes(before), Bytes(after));
    }

    [Fact]
    public void Format_DoesNotChange()
    {
        var (made, read) = (new LiveItems(new LiveItemsOptions()), new LiveItems(new LiveItemsOptions()));
        Walk(made, 0, 1, 2);

        // One moment, so that every weight is a whole part of 1: the same bits on every machine.
        GoldenFile.Expect("items-v1.hex", Bytes(made));
        Load(read, GoldenFile.Bytes("items-v1.hex"));
        Assert.Equal(Bytes(made), Bytes(read));
    }

    private static void Walk(LiveItems items, int minute, params int[] walk)
    {
        for (var i = 0; i < walk.Length; i++)
        {
            var before = walk[..i].Reverse().Select(static item => (uint)item).ToArray();
            items.Saw($"{walk[i]}", (uint)walk[i], before, s_start + TimeSpan.FromMinutes(minute));
        }
    }

    private static Dictionary<uint, double> Shares(LiveItems items, uint item)
    {
        var scores = new Dictionary<uint, double>();
        items.Score([item], scores);
        return scores;
    }

    private static byte[] Bytes(LiveItems items)
    {
        var output = new ArrayBufferWriter<byte>();
        items.Write(output);
        return output.WrittenSpan.ToArray();
    }

    private static void Load(LiveItems items, byte[] bytes)
    {
        var reader = new ByteReader(bytes);
        items.Load(ref reader);
    }
}
