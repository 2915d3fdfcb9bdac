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
        Write();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Write();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

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

        Run(events.AsSpan(0, Events));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(events.AsSpan(Events));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);
        Assert.Equal(Events * 2, state.EventCount);

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
