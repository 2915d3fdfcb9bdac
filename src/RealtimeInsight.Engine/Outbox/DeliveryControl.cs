using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>Dead letters and endpoints over the store and the dispatchers; changes go through the commit queue.</summary>
internal sealed class DeliveryControl(
    IEngineStore store, CommitQueue queue, IReadOnlyList<OutboxDispatcher> dispatchers, OutboxCounters counters, TimeProvider time)
    : IDeliveryControl, IDisposable
{
    private const int LimitMax = 1_000;
    private const int RedriveMax = 10_000;

    // One change at a time: what it counts is still so when it is committed.
    private readonly SemaphoreSlim _changing = new(1, 1);

    public IReadOnlyList<EndpointStatus> Endpoints => [.. dispatchers.Select(one => one.Endpoint.Status(Now))];

    public ValueTask<IReadOnlyList<EndpointStatus>> GetEndpointsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult(Endpoints);

    private Instant Now => Instant.From(time.GetUtcNow());

    public ValueTask<DeadLetterPage> ListAsync(
        DeadLetterFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var items = Read(filter, cursor is null ? null : DeadLetterPosition.Parse(cursor), limit);
        var next = items.Count < limit ? null : DeadLetterPosition.Of(items[^1]).ToCursor();
        return ValueTask.FromResult(new DeadLetterPage(items, next));
    }

    public ValueTask<DeadLetterView?> FindAsync(string decisionId, CancellationToken cancellationToken)
    {
        if (store.FindOutbox(decisionId) is not { State: OutboxState.Dead } entry) return ValueTask.FromResult<DeadLetterView?>(null);
        var attempts = store.ReadAttempts(decisionId);
        var last = attempts.Count > 0 ? attempts[^1] : null;
        var row = entry.Row;
        var letter = new DeadLetter(
            row.DecisionId, row.CustomerId, row.Channel, row.CreatedAt, entry.SettledAt, row.Attempts, last?.StatusCode, last?.Detail);
        return ValueTask.FromResult<DeadLetterView?>(new DeadLetterView(letter, attempts, DeliveryTexts.BodyOf(row.Body.Span)));
    }

    public async ValueTask<bool> RedriveAsync(string decisionId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (store.FindOutbox(decisionId) is not { State: OutboxState.Dead }) return false;
            await RedriveAsync([decisionId]).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask<int> RedriveAsync(DeadLetterFilter filter, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, RedriveMax);
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var dead = Read(filter, null, limit);
            if (dead.Count > 0) await RedriveAsync([.. dead.Select(static letter => letter.DecisionId)]).ConfigureAwait(false);
            return dead.Count;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Lets actions go that were settled before a time, the oldest first; returns how many.</summary>
    public async Task<int> DropSettledAsync(Instant before, int limit, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var old = store.ReadSettled(before, limit);
            if (old.Count == 0) return 0;
            await CommitAsync(old.Select(static action => new DropActionRow(action))).ConfigureAwait(false);
            counters.Dropped(old.Count(static action => action.State == OutboxState.Dead));
            return old.Count;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>
    /// Lets a decision go with its action, wherever that stands. One that is being sent may still arrive; none is sent any more afterwards.
    /// </summary>
    public async Task ForgetAsync(string decisionId, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var row = new ForgetDecisionRow(decisionId);
            await CommitAsync([row]).ConfigureAwait(false);
            // An attempt may be committed at any time: only the commit knows where the action stood.
            if (row.Was is { } state) counters.Forgotten(state);
            foreach (var dispatcher in dispatchers) dispatcher.Forget(decisionId);
        }
        finally
        {
            _changing.Release();
        }
    }

    public ValueTask<bool> EnableAsync(string endpoint, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, new EndpointRow(endpoint, Instant.None, ""), static (gate, _) => gate.Enable(), cancellationToken);

    public ValueTask<bool> DisableAsync(string endpoint, CancellationToken cancellationToken) =>
        ChangeAsync(
            endpoint, new EndpointRow(endpoint, Now, DeliveryTexts.ByHand), static (gate, row) => gate.Disable(row), cancellationToken);

    public void Dispose() => _changing.Dispose();

    /// <summary>Letters keep the name that their policy wrote; an endpoint's name stands for every name that leads to it.</summary>
    private IReadOnlyList<DeadLetter> Read(DeadLetterFilter filter, DeadLetterPosition? after, int limit)
    {
        var endpoint = Endpoints.FirstOrDefault(one => one.Name == filter.Channel);
        if (endpoint is null || endpoint.Names.Count == 1) return store.ReadDeadLetters(filter, after, limit);
        return
        [
            .. endpoint.Names.SelectMany(name => store.ReadDeadLetters(filter with { Channel = name }, after, limit))
                .OrderByDescending(letter => letter.DiedAt.UnixMs)
                .ThenByDescending(letter => letter.DecisionId, StringComparer.Ordinal)
                .Take(limit),
        ];
    }

    private async ValueTask<bool> ChangeAsync(
        string endpoint, EndpointRow row, Action<EndpointGate, EndpointRow> change, CancellationToken cancellationToken)
    {
        if (dispatchers.FirstOrDefault(one => one.Endpoint.Name == endpoint) is not { } dispatcher) return false;
        await _changing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CommitAsync([row]).ConfigureAwait(false);
            change(dispatcher.Endpoint, row);
            dispatcher.Signal.Set();
            return true;
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task RedriveAsync(string[] decisions)
    {
        var now = Now;
        await CommitAsync([.. decisions.Select(id => new RedriveRow(id, now))]).ConfigureAwait(false);
        counters.Redriven(decisions.Length);
        foreach (var dispatcher in dispatchers) dispatcher.Signal.Set();
    }

    /// <summary>Not cancelled once queued: the change happens, and its caller learns whether it did.</summary>
    private Task CommitAsync(IEnumerable<ControlRow> rows) => ControlCommit.RunAsync(queue, rows);
}
