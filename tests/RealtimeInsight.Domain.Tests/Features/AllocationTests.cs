using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Tests.Features;

public sealed class AllocationTests
{
    private const int Events = 4_000;

    /// <summary>What saving a customer costs, and holding an idle one as bytes: the buffer is the caller's.</summary>
    [Fact]
    public void WriteAndPack_OfAState_AllocateNothing()
    {
        var told = History.Of(seed: 11, countMax: 200);
        var state = Fold.Plain(told.Select(static item => item with { Traits = null, Consents = null, TimeZone = null, Visitor = null }));
        var output = new ArrayBufferWriter<byte>(64 << 10);
        var names = new NameTable();

        Assert.Equal(0, Allocation.Least(Write));

        void Write()
        {
            output.ResetWrittenCount();
            CustomerStateCodec.Write(state, output);
            CustomerStateCodec.Pack(state, output, names);
        }
    }

    /// <summary>Most carts have one line, and whoever opens one may never come back: it makes no room for lines to come.</summary>
    [Fact]
    public void Apply_OfAProductPutIntoANewCart_AllocatesTheCartWithOneLine()
    {
        var product = new ProductLine("p1", "category", "brand", "Product", 9m);
        var effects = new EffectBuffer();
        var allocated = long.MaxValue;
        for (var run = 0; run < 3; run++)
        {
            var state = new CustomerState(Make.Ada);
            Fold.Machine.Apply(state, Make.Event(EventKind.WishlistAdded, Make.Start, "message-1", product), effects);
            var added = Make.Event(EventKind.CartAdded, Make.Start + TimeSpan.FromSeconds(1), "message-2", product);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Fold.Machine.Apply(state, added, effects);
            allocated = Math.Min(allocated, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.Single(state.Carts);
        }

        Assert.InRange(allocated, 1, 256);
    }

    /// <summary>What grows while a customer is active lives long enough to be copied by the collector, over and over.</summary>
    [Fact]
    public void Apply_OfViewsOfANewCustomer_AllocatesAtTheFirstOnly()
    {
        var product = new ProductLine("p1", "category", "brand", "Product", 9m);
        var events = Enumerable.Range(0, 32)
            .Select(i => Make.Event(EventKind.ProductViewed, Make.Start + TimeSpan.FromSeconds(i), $"message-{i}", product)).ToArray();
        var effects = new EffectBuffer();
        var states = new Queue<CustomerState>(Enumerable.Range(0, 8).Select(_ => new CustomerState(Make.Ada)));
        foreach (var state in states) Fold.Machine.Apply(state, events[0], effects);

        Assert.Equal(0, Allocation.Least(() =>
        {
            var state = states.Dequeue();
            foreach (var item in events.AsSpan(1)) Fold.Machine.Apply(state, item, effects);
        }));
    }

    [Fact]
    public void ApplyAndFeatures_OfProductViews_AllocateNothing()
    {
        var products = Enumerable.Range(0, 50)
            .Select(static i => new ProductLine($"p{i}", $"category {i % 12}", $"brand {i % 6}", $"Product {i}", i)).ToArray();
        var events = Enumerable.Range(0, Events * 2).Select(i =>
            Make.Event(EventKind.ProductViewed, Make.Start + TimeSpan.FromSeconds(i), $"message-{i}", products[i % 50]) with
            {
                TimeZone = "Europe/Berlin",
            }).ToArray();
        var state = new CustomerState(Make.Ada);
        var effects = new EffectBuffer();
        var (token, ids) = (new float[ModelContract.TokenFeatures], new long[ModelContract.TokenIds]);
        var profile = new float[ModelContract.ProfileFeatures];

        // Each call goes on where the one before ended: eight equal parts, of which six are taken.
        var (part, next) = (Events / 4, 0);
        var allocated = Allocation.Least(() => Run(events.AsSpan(part * next++, part)));

        Assert.Equal(0, allocated);
        Assert.Equal(part * next, state.EventCount);

        void Run(ReadOnlySpan<CustomerEvent> some)
        {
            foreach (var item in some)
            {
                if (Fold.Machine.Admit(state, item) != Admission.New) throw new InvalidOperationException("these events are new");
                effects.Clear();
                Fold.Machine.Apply(state, item, effects);
                FeatureExtractor.Token(state, token, ids);
                FeatureExtractor.Profile(state, item.OccurredAt, profile);
                _ = Fold.Machine.NextDeadline(state);
            }
        }
    }
}
