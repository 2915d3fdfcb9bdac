using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Notices;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// Turns the result of an attempt into what is committed: the attempt, where its actions stand, and what it says of the endpoint.
/// <paramref name="finish"/> is called on the commit thread when that is committed or given up. Thread-safe.
/// </summary>
internal sealed class AttemptRecorder(EndpointGate endpoint, OutboxParts parts, Action<OutboxRow[], bool> finish)
{
    private readonly RetrySchedule _schedule = new(parts.Options);

    private readonly record struct Step(OutboxState State, Instant NextAt);

    /// <summary>One attempt for all of the rows.</summary>
    public void Record(OutboxRow[] rows, DeliveryResult result, TimeSpan elapsed)
    {
        var now = Instant.From(parts.Time.GetUtcNow());
        endpoint.Observe(result.Status, result.RetryAfter, now);
        var unit = new CommitUnit();
        if (result.Status == DeliveryStatus.Gone) Disable(unit, now);
        if (rows.Length > 1 && result.Status == DeliveryStatus.Failed)
        {
            // One bad action must not take the others with it.
            result = new DeliveryResult(DeliveryStatus.Retry, result.StatusCode, $"refused as a batch of {rows.Length}: {result.Detail}");
        }

        var detail = DeliveryTexts.Detail(result.Detail);
        var steps = Array.ConvertAll(rows, row => StepOf(row, result, now));
        for (var i = 0; i < rows.Length; i++)
        {
            var row = rows[i];
            var attempt = new DeliveryAttempt(
                row.Attempts + 1, now, DeliveryTexts.ResultOf(result.Status), result.StatusCode, detail, (long)elapsed.TotalMilliseconds);
            unit.Attempts.Add(new AttemptRow(row.DecisionId, attempt, steps[i].State, steps[i].NextAt));
            if (!parts.Notices.HasReaders || steps[i].State != OutboxState.Delivered) continue;
            unit.Notices.Add(new EngineNotice(
                now, "delivered", row.CustomerId, NoticeTexts.Delivered(row.Channel, attempt.Number)));
        }

        Enqueue(unit, rows, isCommitted =>
        {
            if (!isCommitted) return;
            parts.Instruments.Attempted(endpoint.Name, result.Status, elapsed);
            for (var i = 0; i < rows.Length; i++)
            {
                if (!unit.Attempts[i].IsOfNoAction) Tell(rows[i].Attempts + 1, steps[i].State, result.Status, detail);
            }
        });
    }

    /// <summary>The rows become dead letters without an attempt.</summary>
    public void Skip(OutboxRow[] rows, EndpointRow disabled)
    {
        var now = Instant.From(parts.Time.GetUtcNow());
        var why = DeliveryTexts.WhySkipped(disabled);
        var unit = new CommitUnit();
        foreach (var row in rows)
        {
            var attempt = new DeliveryAttempt(row.Attempts + 1, now, DeliveryTexts.Skipped, null, why);
            unit.Attempts.Add(new AttemptRow(row.DecisionId, attempt, OutboxState.Dead, Instant.Never));
        }

        Enqueue(unit, rows, isCommitted =>
        {
            if (!isCommitted) return;
            foreach (var attempt in unit.Attempts)
            {
                if (!attempt.IsOfNoAction) parts.Counters.Settled(OutboxState.Dead);
            }
        });
    }

    private void Enqueue(CommitUnit unit, OutboxRow[] rows, Action<bool> settled)
    {
        unit.Settled = isCommitted =>
        {
            settled(isCommitted);
            finish(rows, isCommitted);
        };
        parts.Queue.Enqueue(unit);
    }

    private void Disable(CommitUnit unit, Instant now)
    {
        var row = new EndpointRow(endpoint.Name, now, DeliveryTexts.Gone);
        endpoint.Disable(row);
        unit.Controls.Add(row);
        DeliveryLog.EndpointDisabled(parts.Logger, endpoint.Name, row.Reason);
    }

    private Step StepOf(OutboxRow row, DeliveryResult result, Instant now)
    {
        if (result.Status == DeliveryStatus.Delivered) return new Step(OutboxState.Delivered, Instant.Never);
        if (result.Status != DeliveryStatus.Retry) return new Step(OutboxState.Dead, Instant.Never);
        var next = _schedule.NextAfter(row.DecisionId, row.Attempts + 1 - row.RoundStart, now, result.RetryAfter);
        return next == Instant.Never ? new Step(OutboxState.Dead, next) : new Step(OutboxState.Pending, next);
    }

    private void Tell(int attempt, OutboxState state, DeliveryStatus status, string? detail)
    {
        parts.Counters.Settled(state);
        if (state == OutboxState.Dead) EngineLog.DeliveryDead(parts.Logger, endpoint.Name, attempt, detail);
        else if (status != DeliveryStatus.Delivered) EngineLog.DeliveryFailed(parts.Logger, endpoint.Name, attempt, detail);
    }
}
