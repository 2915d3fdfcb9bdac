using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Xunit.Abstractions;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>
/// The real process, killed with SIGKILL at random moments under load. <c>INSIGHT_KILLS</c> sets how often (default 50),
/// <c>INSIGHT_KILL_SEED</c> repeats the moments of a run; every run prints its seed.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const string Policy = """
        name: kill
        cool_down: 0s
        frequency_cap: { max: 32, window: 7d }
        rules:
          - { id: cart-reminder, on: cart_abandoned, action: reminder, channel: webhook }
          - { id: rescue, on: payment_failed, action: service_call, channel: webhook, once_per: session, priority: 5 }
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly DataFolder _killed = new();
    private readonly DataFolder _whole = new();

    public void Dispose()
    {
        _killed.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public async Task Kill_AtRandomMomentsUnderLoad_LosesAndDoublesNothing()
    {
        var kills = Number("INSIGHT_KILLS") ?? 50;
        var seed = Number("INSIGHT_KILL_SEED") ?? RandomNumberGenerator.GetInt32(int.MaxValue);
        output.WriteLine($"seed {seed} (INSIGHT_KILL_SEED), {kills} kills (INSIGHT_KILLS)");
        var policy = _whole.WriteText("kill.yaml", Policy);
        var watch = Stopwatch.StartNew();
        await using var receiver = await ActionReceiver.StartAsync();
        using var load = new KillLoad(new KillEvents(seed, TimeProvider.System.GetUtcNow()), TimeProvider.System);
        var run = new KillRun(_killed.Path, policy, receiver, load, new Random(seed), output);
        await run.KillAsync(kills);
        await using var survivor = await run.LastLifeAsync();
        output.WriteLine($"{string.Join(", ", run.Moments)}; {watch.Elapsed.TotalSeconds:0} s");
        output.WriteLine(
            $"{load.Acknowledged.Values.Sum(list => list.Sum(batch => batch.Events))} events acknowledged, {load.Resent} batches "
            + $"sent again, {load.Duplicates} events known by then");

        await using var calmReceiver = await ActionReceiver.StartAsync();
        await using var calm = await RunningHost.StartAsync(
            _whole.Path, ["--no-demo", "--policy", policy], KillRun.Settings(calmReceiver, "00:00:10"));
        await load.RepeatAsync(new Uri(calm.Address)).WaitAsync(s_patience);

        var actions = await AssertSameFactsAsync(load, survivor, calm, seed);
        await AssertSameActionsAsync(actions, receiver, seed);
        await AssertSameActionsAsync(actions, calmReceiver, seed);
        output.WriteLine($"{actions.Count} actions, {receiver.Repeated} of them arrived again; {watch.Elapsed.TotalSeconds:0} s");
        Assert.Equal(ExitCodes.Success, await survivor.StopAsync());
        Assert.Equal(ExitCodes.Success, await calm.StopAsync());
        AssertSameStates(seed);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Every customer's profile, cart, timeline and decisions; returns the ids of the decisions that have to go out.</summary>
    private static async Task<HashSet<string>> AssertSameFactsAsync(KillLoad load, RunningHost survivor, RunningHost calm, int seed)
    {
        using var found = new CustomerFacts(new Uri(survivor.Address));
        using var expected = new CustomerFacts(new Uri(calm.Address));
        await found.SettleAsync();
        await expected.SettleAsync();
        var (foundActions, expectedActions) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        var customers = load.Acknowledged.Values.SelectMany(list => list).SelectMany(batch => batch.Customers).ToHashSet();
        foreach (var customer in customers.Order(StringComparer.Ordinal))
        {
            var want = await expected.ReadAsync(customer, expectedActions);
            var have = await found.ReadAsync(customer, foundActions);
            Assert.True(want == have, $"seed {seed}, customer {customer}\nuninterrupted:\n{want}\nkilled:\n{have}");
        }

        Assert.NotEmpty(expectedActions);
        Assert.Equal(expectedActions.Order(StringComparer.Ordinal), foundActions.Order(StringComparer.Ordinal));
        return expectedActions;
    }

    private static async Task AssertSameActionsAsync(HashSet<string> actions, ActionReceiver receiver, int seed)
    {
        await receiver.TakenAsync(actions.Count).WaitAsync(s_patience);
        Assert.True(actions.SetEquals(receiver.Ids), $"seed {seed}: the receiver has other actions than were decided");
        Assert.Equal(0, receiver.Changed);
    }

    private void AssertSameStates(int seed)
    {
        var (want, have) = (SavedStates.Read(_whole.Path), SavedStates.Read(_killed.Path));
        Assert.Equal(want.Keys.Order(StringComparer.Ordinal), have.Keys.Order(StringComparer.Ordinal));
        foreach (var (id, state) in want)
        {
            var other = have[id];
            for (var i = 0; i < state.Recurrent.Length; i++)
            {
                Assert.True(
                    Math.Abs(state.Recurrent[i] - other.Recurrent[i]) < 1e-4f,
                    $"seed {seed}, customer {id}: recurrent value {i} is {other.Recurrent[i]}, not {state.Recurrent[i]}");
            }

            Assert.True(
                SavedStates.Comparable(state).AsSpan().SequenceEqual(SavedStates.Comparable(other)),
                $"seed {seed}, customer {id}: the saved states differ");
        }
    }
}
