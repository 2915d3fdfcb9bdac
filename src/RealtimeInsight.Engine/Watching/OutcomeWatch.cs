using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Shards;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// Follows one shard's scores to their outcomes, in event time: an order (purchase, abandonment), a new session (churn), or the passing of
/// the horizon. Labels are those of <see cref="OutcomeRules"/>; several events of a customer at one moment are one scored moment, at the
/// last of them. One writer, the shard's thread.
/// </summary>
internal sealed class OutcomeWatch
{
    private readonly ModelMonitor _monitor;
    private readonly MovedScores _moved;
    private readonly PendingOutcomes _churn;
    private readonly PendingOutcomes _abandonment;
    private readonly PendingOutcomes _purchase;

    /// <summary>By head.</summary>
    private readonly PendingOutcomes[] _heads;
    private readonly Dictionary<uint, long[]> _horizonsMs = [];
    private readonly bool _isWall;
    private readonly TimeSpan _grace;
    private Instant _reached;
    private (ulong Customer, long At, uint Stamp, HeadScores Scores) _early;

    public OutcomeWatch(EngineOptions options, ModelMonitor monitor, MovedScores moved)
    {
        (_monitor, _moved) = (monitor, moved);
        _isWall = options.Clock == EngineClock.Wall;
        _grace = options.Watch.Grace;
        _churn = Pending(ScoreHead.Churn);
        _abandonment = Pending(ScoreHead.Abandonment);
        _purchase = Pending(ScoreHead.Purchase);
        _heads = [_churn, _abandonment, _purchase];

        PendingOutcomes Pending(ScoreHead head) => new(head, options.Watch.PendingMax, _grace, monitor);
    }

    /// <summary>What waits, by head; any thread may ask.</summary>
    public IReadOnlyList<WaitingScores> Waiting => [.. _heads.Select(static head => head.Waiting)];

    /// <summary>Notes a model that scores from now on.</summary>
    public void Know(ModelIdentity model, ModelManifest? manifest) =>
        _horizonsMs[model.Stamp] = [.. _monitor.Know(model, manifest).Select(static horizon => (long)horizon.TotalMilliseconds)];

    /// <summary>An event was applied and scored: it may settle earlier scores, and its own are followed.</summary>
    /// <param name="now">By the engine's clock.</param>
    public void Saw(CustomerSlot slot, CustomerEvent item, Instant now)
    {
        Reach(now);
        var state = slot.State;
        if (item.Kind == EventKind.OrderCompleted)
        {
            var order = OutcomeRules.OrderOf(item);
            _purchase.Came(slot.Hash, item.OccurredAt, order);
            _abandonment.Came(slot.Hash, item.OccurredAt, order);
        }

        // One that came late changed what was before; the newest event's scores stand.
        if (item.OccurredAt < state.LastSeen) return;
        if (state.Session.Events == 1 && EventKinds.IsActivity(item.Kind))
        {
            _churn.Came(slot.Hash, item.OccurredAt, order: 0);
        }

        if (state.ScoresDegraded || state.ScoredAt != state.LastSeen) return;
        if (_isWall && now - item.OccurredAt > _grace) return;
        Follow(slot, state, item);
    }

    /// <summary>The clock has come this far.</summary>
    public void Reach(Instant now) => _reached = Instant.Max(_reached, now);

    /// <summary>
    /// Counts the scores whose horizon has passed. To be called between two turns: within one, a customer's second event may be applied
    /// after much later ones of others.
    /// </summary>
    public void Pass()
    {
        if (_reached.UnixMs >= _churn.NextDue) _churn.Pass(_reached, outcome: true);
        if (_reached.UnixMs >= _abandonment.NextDue) _abandonment.Pass(_reached, outcome: true);
        if (_reached.UnixMs >= _purchase.NextDue) _purchase.Pass(_reached, outcome: false);
    }

    /// <summary>Adds a shadow's scores of a moment; they may come before or after those that served.</summary>
    public void Shadow(ulong customer, Instant at, uint stamp, HeadScores scores)
    {
        _early = (customer, at.UnixMs, stamp, scores);
        foreach (var head in _heads) head.Shadow(customer, at.UnixMs, stamp, scores.Of(head.Head));
    }

    /// <summary>A customer's history goes to another: so does what is followed of it.</summary>
    public void Give(ulong customer)
    {
        List<PendingScore>[] given = [.. _heads.Select(head => head.Give(customer))];
        if (given.Any(static one => one.Count > 0)) _moved.Put(customer, given);
    }

    /// <summary>Nothing of the customer is followed any more.</summary>
    public void Forget(ulong customer)
    {
        foreach (var head in _heads) _ = head.Give(customer);
    }

    /// <summary>Takes over what was followed of a customer whose history came here.</summary>
    public void Take(ulong from, ulong customer)
    {
        if (_moved.Take(from) is not { } given) return;
        foreach (var head in _heads) head.Take(customer, given[(int)head.Head]);
    }

    /// <summary>Counts what is over by now, where nothing has happened for a while, and says what is still followed.</summary>
    public IReadOnlyList<WatchPart> SnapshotAt(Instant now)
    {
        Reach(now);
        Pass();
        return Snapshot();
    }

    /// <summary>What is followed, by head.</summary>
    public IReadOnlyList<WatchPart> Snapshot() => [.. _heads.Select(
        static head => new WatchPart(head.FollowedUpTo, [.. head.Open()]))];

    /// <summary>Goes on with what was followed before, by head.</summary>
    public void Restore(IReadOnlyList<ulong> followedUpTo, IReadOnlyList<IReadOnlyList<PendingScore>> scores)
    {
        foreach (var head in _heads) head.Restore(followedUpTo[(int)head.Head], scores[(int)head.Head]);
    }

    /// <summary>A customer is found to have gone on: settles what its newest order and session tell.</summary>
    public void Met(ulong customer, CustomerState state)
    {
        var ordered = state.Orders.LastOrderAt;
        if (ordered.HasValue)
        {
            _purchase.Came(customer, ordered, order: 0);
            _abandonment.Came(customer, ordered, order: 0);
        }

        var began = state.Session.StartedAt;
        if (began.HasValue) _churn.Came(customer, began, order: 0);
    }

    private void Follow(CustomerSlot slot, CustomerState state, CustomerEvent item)
    {
        var draw = MomentDraw.Of(state);
        _monitor.Sample(state, MomentDraw.Other(draw));
        var isWanted = draw <= _churn.FollowedUpTo || draw <= _purchase.FollowedUpTo || draw <= _abandonment.FollowedUpTo;
        if (!isWanted || !_horizonsMs.TryGetValue(state.ModelStamp, out var horizonsMs)) return;
        var at = state.LastSeen.UnixMs;
        var score = new PendingScore
        {
            Customer = slot.Hash, At = at, OwnOrder = OutcomeRules.OrderOf(item), Draw = draw, Stamp = state.ModelStamp,
        };
        var isShadowed = _early.Customer == slot.Hash && _early.At == at;
        if (isShadowed) score.ShadowStamp = _early.Stamp;
        _churn.Add(With(ScoreHead.Churn));
        _purchase.Add(With(ScoreHead.Purchase));
        if (state.IsCartOpen) _abandonment.Add(With(ScoreHead.Abandonment));
        else _abandonment.Drop(slot.Hash, at);

        PendingScore With(ScoreHead head) => score with
        {
            Due = at + horizonsMs[(int)head],
            Score = state.Scores.Of(head),
            ShadowScore = isShadowed ? _early.Scores.Of(head) : 0f,
        };
    }
}
