using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Shards;

namespace RealtimeInsight.Engine.Reads;

/// <summary>Adds the shards' counters up.</summary>
internal static class StatusReader
{
    public static EngineStatus Read(EngineParts? parts, bool isStopped, string store, IReadOnlyList<string> unservedChannels)
    {
        var shards = parts is null ? [] : parts.Loops.Select(static loop => loop.Shard.Counters).ToArray();
        var problems = Problems(parts, isStopped, store, out var model);
        EndpointStatus[] closed = parts is null || isStopped ? [] : [.. parts.Delivery.Endpoints.Where(static one => one.State != "open")];
        foreach (var endpoint in closed) problems.Add(ProblemOf(endpoint));
        foreach (var channel in unservedChannels)
        {
            problems.Add($"the policy sends to channel '{channel}', which is not set up: its actions wait; set it up or change the policy");
        }

        long Sum(Func<ShardCounters, long> count) => shards.Sum(count);
        var decided = Sum(static shard => shard.Decisions(DecisionStatus.Decided));
        var suppressed = Sum(static shard => shard.Decisions(DecisionStatus.Suppressed));
        return new EngineStatus
        {
            IsReady = parts is not null && !isStopped && parts.Problem is null && parts.Commit.Problem is null,
            Problems = problems,
            Model = model,
            EventsAccepted = Sum(static shard => shard.Events(EventOutcome.Accepted)),
            EventsDuplicate = Sum(static shard => shard.Events(EventOutcome.Duplicate)),
            EventsLate = Sum(static shard => shard.Events(EventOutcome.Late)),
            EventsRejected = Sum(static shard => shard.EventsRejected),
            Customers = Sum(static shard => shard.Customers),
            RecordsReplayed = Sum(static shard => shard.RecordsReplayed),
            CustomersRebuilt = Sum(static shard => shard.Rebuilt),
            CustomersLost = Sum(static shard => shard.Lost),
            CustomersResident = Sum(static shard => shard.Resident),
            ResidentBytes = Sum(static shard => shard.ResidentBytes),
            SessionsStarted = Sum(static shard => shard.SessionsStarted),
            SessionsOpen = Sum(static shard => shard.SessionsOpen),
            CartsOpened = Sum(static shard => shard.CartsOpened),
            CartsOpen = Sum(static shard => shard.Carts(CartState.Open)),
            CartsAtRisk = Sum(static shard => shard.Carts(CartState.AtRisk)),
            CartsAbandoned = Sum(static shard => shard.Carts(CartState.Abandoned)),
            CartsRecovered = Sum(static shard => shard.Carts(CartState.Recovered)),
            CartsConverted = Sum(static shard => shard.Carts(CartState.Converted)),
            CartsEmptied = Sum(static shard => shard.Carts(CartState.Emptied)),
            Scores = Sum(static shard => shard.Scores),
            ScoresDegraded = Sum(static shard => shard.ScoresDegraded),
            FeaturesCompared = parts?.Audit.Compared ?? 0,
            FeatureMismatches = parts?.Audit.Mismatches ?? 0,
            DecisionsMade = decided + suppressed,
            DecisionsSuppressed = suppressed,
            Actions = decided,
            ActionsDelivered = parts?.Outbox.Delivered ?? 0,
            ActionsPending = parts?.Outbox.Pending ?? 0,
            DeadLetters = parts?.Outbox.Dead ?? 0,
            EndpointsClosed = closed,
            DeadlinesArmed = Sum(static shard => shard.DeadlinesArmed),
        };
    }

    private static string ProblemOf(EndpointStatus endpoint) => endpoint.Since is { } since
        ? $"endpoint '{endpoint.Name}' is disabled since {since} ({endpoint.Reason}): its actions become dead letters; "
            + (endpoint.Reason == DeliveryTexts.ByHand ? "enable it when they are to be sent" : "put the receiver right, then enable it")
        : $"endpoint '{endpoint.Name}' is paused until {endpoint.Until}: {endpoint.Reason}; its actions wait";

    private static List<string> Problems(EngineParts? parts, bool isStopped, string store, out string? model)
    {
        model = null;
        if (isStopped) return ["the engine is stopped"];
        if (parts is null) return [$"the engine is recovering its data from {store}"];
        var problems = new List<string>();
        if (parts.Commit.Problem is { } commit) problems.Add(commit);
        if (parts.Problem is { } lost && lost != parts.Commit.Problem) problems.Add(lost);
        problems.AddRange(parts.Loops.Select(static loop => loop.ReadProblem).OfType<string>().Distinct());
        problems.AddRange(parts.Loops.SelectMany(static loop => loop.Shard.Damage.Problems));
        if (parts.Audit.Problem is { } mismatch) problems.Add(mismatch);
        using var lease = parts.Scorer.Lease();
        model = lease.Model?.ToString();
        if (model is null) problems.Add("no model is loaded: events are taken in, scores are degraded");
        return problems;
    }
}
