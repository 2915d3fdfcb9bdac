using System.Buffers;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Inference;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>
/// What the engine has in memory, byte for byte, against the log folded in order of event time by nobody but the state machine: the
/// state that an uninterrupted run without faults would have.
/// </summary>
internal sealed class StateCheck(SimulatedWorld world, Shop shop)
{
    private const int DifferencesMax = 5;
    private readonly CustomerMachine _machine = new(shop.Customer);
    private readonly EffectBuffer _discarded = new();

    /// <param name="isFinal">All works again and every customer was here since: scores must be right too, nothing may be due.</param>
    public void Run(string invariant, IReadOnlyDictionary<CustomerId, LoggedHistory> histories, bool isFinal)
    {
        if (world.Engine?.Parts is not { } parts) return;
        var shards = parts.Loops.Select(static loop => loop.Shard).ToArray();
        var upTo = UpTo(histories);
        using var model = isFinal ? world.Pool!.Lease() : null;
        var differences = 0;
        foreach (var history in histories.Values)
        {
            var hash = history.Customer.StableHash;
            var slot = shards[BatchRouter.ShardOf(hash, shards.Length)].Customers.Find(history.Customer, hash);
            if (slot is null)
            {
                world.Break(invariant, $"{history.Customer.Value} is in the log and not in memory");
                continue;
            }

            if (isFinal && !shop.IsEventTime && _machine.NextDeadline(slot.State) is var due && due <= WallNow)
            {
                world.Break("deadlines", $"{history.Customer.Value} has a deadline of {due}, it is {WallNow}");
            }

            var expected = Fold(history, model, upTo);
            var found = Settled(CustomerStateCodec.Read(Bytes(slot.State)), upTo, model is not null);
            if (Bytes(expected).AsSpan().SequenceEqual(Bytes(found)) || differences++ >= DifferencesMax) continue;
            world.Break(invariant, $"{history.Customer.Value}: {StateText.Difference(expected, found)}");
        }

        var known = shards.Sum(static shard => shard.Customers.Count);
        if (known != histories.Count) world.Break(invariant, $"{known} customers are in memory, {histories.Count} in the log");
    }

    /// <summary>The state of every customer as bytes, for a comparison of two runs.</summary>
    public Dictionary<string, byte[]> Snapshot(IReadOnlyDictionary<CustomerId, LoggedHistory> histories)
    {
        var shards = world.Engine!.Parts!.Loops.Select(static loop => loop.Shard).ToArray();
        var states = new Dictionary<string, byte[]>();
        foreach (var id in histories.Keys)
        {
            var hash = id.StableHash;
            if (shards[BatchRouter.ShardOf(hash, shards.Length)].Customers.Find(id, hash) is not { } slot) continue;
            var state = Settled(CustomerStateCodec.Read(Bytes(slot.State)), UpTo(histories), hasScores: true);
            state.LastOffset = 0;
            states[id.Value] = Bytes(state);
        }

        return states;
    }

    private Instant WallNow => Instant.From(world.Time.GetUtcNow());

    /// <summary>Later than anything that any clock has shown, so that both sides have fired the same.</summary>
    private Instant UpTo(IReadOnlyDictionary<CustomerId, LoggedHistory> histories)
    {
        var upTo = world.WallMax;
        foreach (var history in histories.Values)
        {
            foreach (var (_, item) in history.Events) upTo = Instant.Max(upTo, item.OccurredAt);
        }

        return upTo;
    }

    private CustomerState Fold(LoggedHistory history, IModelLease? model, Instant upTo)
    {
        var state = new CustomerState(history.Customer) { LastOffset = history.LastOffset };
        foreach (var (_, item) in history.Events.OrderBy(static entry => entry.Event.OccurredAt.UnixMs))
        {
            _discarded.Clear();
            _machine.Apply(state, item, _discarded);
        }

        if (model is not null) Score(state, model);
        foreach (var (_, entry, _, outcome) in history.Decisions)
        {
            state.Ledger ??= new DecisionLedger();
            if (entry is not null) state.Ledger.Put(entry);
            if (outcome is not null) state.Ledger.Settle(outcome.DecisionId, outcome.Outcome);
        }

        return Settled(state, upTo, model is not null);
    }

    /// <summary>The scores of the newest event, from the kept ones: the simulated model remembers no more than those.</summary>
    private static void Score(CustomerState state, IModelLease model)
    {
        var request = new FoldRequest(CustomerOptions.LastEventsMaxLimit);
        request.Length = FeatureExtractor.LastTokens(state, request.Tokens, request.Ids);
        FeatureExtractor.Profile(state, state.LastSeen, request.Profile);
        if (model.Model is not { } identity || model.Fold(request) != ScoreOutcome.Scored) return;
        request.StateOut.CopyTo(state.Recurrent);
        state.SetScores(request.Scores, identity.Stamp, state.LastSeen);
    }

    /// <summary>As of one moment; without what depends on how the model fared, where that is not to be looked at.</summary>
    private CustomerState Settled(CustomerState state, Instant upTo, bool hasScores)
    {
        _discarded.Clear();
        _machine.AdvanceTo(state, upTo, _discarded);
        if (hasScores) return state;
        state.SetScores(default, 0, Instant.None);
        state.Recurrent.Clear();
        return state;
    }

    private static byte[] Bytes(CustomerState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        CustomerStateCodec.Write(state, buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
