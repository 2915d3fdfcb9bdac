using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Commit;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation.World;

/// <summary>
/// Sends its events in the order of their time, a batch at a time, and the same batch again until it has the answer.
/// </summary>
internal sealed class Sender(SimulatedWorld world, Draw draw, int batchMax)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private readonly Queue<PlannedSend> _planned = new();
    private readonly List<PlannedSend> _batch = [];
    private IngestTicket? _ticket;
    private long _notBefore;
    private long _answerUntil;

    public bool IsDone => _planned.Count == 0 && _batch.Count == 0;

    public long Sent { get; private set; }

    public void Plan(PlannedSend send) => _planned.Enqueue(send);

    public bool IsReady => _ticket is { } ticket
        ? ticket.Task.IsCompleted || Now >= _answerUntil
        : (_batch.Count > 0 || IsNextDue) && Now >= _notBefore;

    private long Now => world.Time.GetTimestamp();

    private bool IsNextDue => _planned.TryPeek(out var next) && next.At <= world.Elapsed;

    /// <summary>How long until it has something to do of its own; null when it has not.</summary>
    public TimeSpan? NextIn()
    {
        if (_ticket is not null) return world.Time.GetElapsedTime(Now, _answerUntil);
        if (_batch.Count > 0) return world.Time.GetElapsedTime(Now, _notBefore);
        if (!_planned.TryPeek(out var next)) return null;
        var wait = next.At - world.Elapsed;
        var rest = world.Time.GetElapsedTime(Now, _notBefore);
        return wait > rest ? wait : rest;
    }

    public void Step()
    {
        if (_ticket is { } ticket)
        {
            if (ticket.Task.IsCompletedSuccessfully && !world.LosesAnswer()) Answered(ticket.Task.Result);
            else Again();
            _ticket = null;
            return;
        }

        while (_batch.Count < batchMax && IsNextDue && (_batch.Count == 0 || !_isAgain)) _batch.Add(_planned.Dequeue());
        Send();
    }

    /// <summary>The process that had the batch is gone, and so is the answer.</summary>
    public void Hung()
    {
        if (_ticket is null) return;
        _ticket = null;
        Again();
    }

    private bool _isAgain;

    private void Send()
    {
        if (world.Engine is not { Parts: { } parts } engine || parts.Loops.Any(loop => loop.InboxRoom < _batch.Count))
        {
            Again();
            return;
        }

        var batch = new IngestBatch([.. _batch.Select(send => send.Event)], []);
        var taking = engine.TakeAsync(batch, CancellationToken.None);
        if (!taking.IsCompleted) throw new InvalidOperationException("the inbox had room and made the sender wait");
        if (taking.IsFaulted)
        {
            _ = taking.AsTask().Exception;
            Again();
            return;
        }

        Sent += _batch.Count;
        _ticket = taking.Result;
        _answerUntil = Now + s_patience.Ticks;
    }

    private void Again()
    {
        _isAgain = true;
        _notBefore = Now + draw.Span(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(3)).Ticks;
    }

    private void Answered(IngestResult result)
    {
        for (var i = 0; i < _batch.Count; i++) world.Answered(_batch[i], result.Outcomes[i]);
        _batch.Clear();
        _isAgain = false;
    }
}
