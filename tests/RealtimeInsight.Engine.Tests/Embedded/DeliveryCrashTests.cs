using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Embedded;

/// <summary>The engine dies at every commit in turn, before it and after it, while it decides and delivers.</summary>
public sealed class DeliveryCrashTests
{
    private const int Customers = 6;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Crash_AtEachCommit_LosesNoDecision_AndRepeatsAtMostWhatWasInFlight(bool isAfter)
    {
        var commits = await RunAsync(crashAt: int.MaxValue, isAfter);
        Assert.InRange(commits.Commits, 3, 1_000);
        for (var crashAt = 1; crashAt <= commits.Commits; crashAt++)
        {
            var run = await RunAsync(crashAt, isAfter);

            // A receiver that knows ids: exactly the decisions. One that does not: the window of one crash, counted.
            Assert.Equal(Customers, run.Sent.Distinct().Count());
            Assert.Equal(run.Decided.Order(), run.Sent.Distinct().Order());
            Assert.InRange(run.Sent.Count - run.Sent.Distinct().Count(), 0, run.ConcurrencyMax);
            Assert.Equal((long)Customers, run.Delivered);
        }
    }

    private static async Task<Run> RunAsync(int crashAt, bool isAfter)
    {
        var store = new InMemoryStore();
        var harness = new EngineHarness(store);
        harness.Options.Shards = 1;
        harness.Options.Outbox.ConcurrencyMax = 2;
        var crashed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reached = 0;
        void Count()
        {
            if (++reached != crashAt) return;
            crashed.TrySetResult();
            throw new InvalidOperationException("the power is cut");
        }

        if (isAfter) store.Committed = _ => Count();
        else store.Committing = _ => Count();
        var first = await harness.StartAsync();
        var events = Enumerable.Range(0, Customers)
            .Select(i => Make.Event($"customer-{i}", EventKind.PaymentFailed, 0, $"pf-{i}")).ToArray();
        foreach (var item in events)
        {
            try
            {
                await first.IngestAsync(item);
            }
            catch (EngineUnavailableException)
            {
                break;
            }
        }

        await Task.WhenAny(crashed.Task, DeliveredAsync(first)).WaitAsync(s_patience);
        await first.Engine.AbortAsync();
        var total = reached;
        (store.Committing, store.Committed) = (null, null);

        // The senders that got no answer send again.
        await using var second = await first.RestartAsync();
        await second.IngestAsync(events);
        await DeliveredAsync(second).WaitAsync(s_patience);
        var decided = new List<string>();
        foreach (var item in events)
        {
            decided.AddRange((await second.InsightAsync(item.Customer.Value))!.LastDecisions.Select(one => one.DecisionId));
        }

        return new Run(
            total, [.. second.Channel.Sent.Select(message => message.DecisionId)], decided, second.Status.ActionsDelivered,
            harness.Options.Outbox.ConcurrencyMax);
    }

    /// <summary>Commits settle what was sent; a reject takes its turn behind them.</summary>
    private static async Task DeliveredAsync(EngineHarness engine)
    {
        for (var turns = 0; turns < 10_000; turns++)
        {
            try
            {
                await engine.SettleAsync();
            }
            catch (EngineUnavailableException)
            {
                return;
            }

            if (engine.Status.ActionsDelivered >= Customers) return;
        }
    }

    private sealed record Run(int Commits, List<string> Sent, List<string> Decided, long Delivered, int ConcurrencyMax);
}
