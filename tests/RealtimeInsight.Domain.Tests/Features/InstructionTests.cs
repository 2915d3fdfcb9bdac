using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Tests.Kit;

namespace RealtimeInsight.Domain.Tests.Features;

public sealed class InstructionTests
{
    private const int Session = 200;
    private const int Sessions = 40;

    /// <summary>
    /// An event of a customer of many sessions costs the instructions that one of a few sessions does: neither time nor a busy machine
    /// counts. The first sessions are for the compiler.
    /// </summary>
    [CounterFact(hasInstructions: true)]
    public void ApplyAndFeatures_AfterAFortyTimesLongerHistory_TakeAsManyInstructions()
    {
        var events = Enumerable.Range(0, Session * Sessions).Select(static i => Make.Event(
            i % 10 == 9 ? EventKind.CartAdded : EventKind.ProductViewed,
            Make.Start + TimeSpan.FromSeconds(i) + (TimeSpan.FromHours(2) * (i / Session)), $"message-{i}",
            new ProductLine($"p{i % 50}", $"category {i % 12}", $"brand {i % 6}", $"Product {i % 50}", i % 50))).ToArray();
        for (var warmUp = 0; warmUp < 20; warmUp++) _ = CountsOf(events);

        var counts = CountsOf(events);

        // The fastest session of a half stands for it: whatever the runtime does on this thread meanwhile only adds.
        Assert.InRange((double)counts[(Sessions / 2)..].Min() / counts[1..(Sessions / 2)].Min(), 0, 1.25);
    }

    [CounterFact(hasInstructions: false)]
    public void Counter_WhileTheThreadWorks_GoesOn()
    {
        using var counter = ThreadCounter.OfTime()!;
        var before = counter.Read();
        var state = Fold.Plain(History.Of(seed: 1, countMax: 100));
        var after = counter.Read();

        Assert.True(state.EventCount > 0);
        Assert.InRange(before, 0, long.MaxValue);
        Assert.InRange(after, before + 1, long.MaxValue);
    }

    /// <summary>Instructions by session.</summary>
    private static long[] CountsOf(CustomerEvent[] events)
    {
        using var counter = ThreadCounter.OfInstructions()!;
        var counts = new long[Sessions];
        var state = new CustomerState(Make.Ada);
        var effects = new EffectBuffer();
        var (token, ids) = (new float[ModelContract.TokenFeatures], new long[ModelContract.TokenIds]);
        var profile = new float[ModelContract.ProfileFeatures];
        for (var session = 0; session < Sessions; session++)
        {
            var before = counter.Read();
            foreach (var item in events.AsSpan(session * Session, Session))
            {
                _ = Fold.Machine.Admit(state, item);
                effects.Clear();
                Fold.Machine.Apply(state, item, effects);
                FeatureExtractor.Token(state, token, ids);
                FeatureExtractor.Profile(state, item.OccurredAt, profile);
            }

            counts[session] = counter.Read() - before;
        }

        return counts;
    }
}
