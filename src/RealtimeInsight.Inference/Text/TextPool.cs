using System.Buffers;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Inference.Text;

/// <summary>
/// Classifies texts of many callers with one text model: tokens are made on the caller's thread, texts of like length wait in a queue
/// together and run as one batch, the longest waiting first. Every text is settled exactly once. Thread-safe.
/// </summary>
public sealed partial class TextPool : IAsyncDisposable
{
    private readonly ITextRunner _runner;
    private readonly TextOptions _options;
    private readonly TextInstruments _instruments;
    private readonly TimeProvider _time;
    private readonly ILogger<TextPool> _logger;
    private readonly ITextEncoder _encoder;
    private readonly LengthBuckets _buckets;
    private readonly FailureBreaker _breaker;
    private readonly Task[] _loops;

    // A permit for each queued text: a loop that finds that another took it waits again.
    private readonly SemaphoreSlim _queued = new(0);
    private readonly Lock _gate = new();
    private readonly Queue<(long Number, PendingText Text)>[] _queues;
    private long _number;
    private int _waiting;
    private bool _isClosed;

    /// <param name="runner">Taken over: disposed with the pool, or at once when it is refused.</param>
    /// <param name="options">Valid by <see cref="TextOptionsValidator"/>.</param>
    /// <exception cref="ModelRefusedException">The model failed in warm-up.</exception>
    public TextPool(
        ITextRunner runner, TextOptions options, TextInstruments instruments, TimeProvider time, ILogger<TextPool> logger)
    {
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(instruments);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        (_runner, _options, _instruments, _time, _logger) = (runner, options, instruments, time, logger);
        var manifest = runner.Package.Manifest;
        _encoder = runner.Package.Encoder;
        _buckets = new LengthBuckets(manifest.MaxLength, runner.TakesAnyLength);
        _breaker = new FailureBreaker(options.FailuresMax, options.CoolDown, time);
        _queues = [.. Enumerable.Range(0, _buckets.Count).Select(static _ => new Queue<(long, PendingText)>())];
        try
        {
            TextWarmUp.Run(runner, _encoder, _buckets);
        }
        catch
        {
            runner.Dispose();
            _queued.Dispose();
            throw;
        }

        LogServing(_logger, runner.Package.Id, manifest.Labels.Count, manifest.MaxLength);
        _loops = [.. Enumerable.Range(0, options.CallersMax).Select(_ => Task.Run(LoopAsync))];
    }

    /// <summary><c>name/version</c>.</summary>
    public string Model => _runner.Package.Id;

    /// <summary>What <see cref="TextReply.Probabilities"/> are of.</summary>
    public IReadOnlyList<string> Labels => _runner.Package.Manifest.Labels;

    /// <summary>How the labels belong together, in their order.</summary>
    public IReadOnlyList<TextHead> Heads => _runner.Package.Manifest.Groups;

    /// <summary>
    /// The labels of a scored reply by head: the likeliest one, or of labels that hold by themselves those with even odds or better. Empty
    /// for any other reply.
    /// </summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> LabelsOf(TextReply reply)
    {
        var found = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var (start, values) = (0, reply.Probabilities);
        foreach (var head in values.IsEmpty ? [] : Heads)
        {
            var mine = Enumerable.Range(start, head.Labels);
            found[head.Name] = head.Activation == TextActivation.Softmax
                ? [Labels[mine.MaxBy(i => values.Span[i])]]
                : [.. mine.Where(i => values.Span[i] >= 0.5f).Select(i => Labels[i])];
            start += head.Labels;
        }

        return found;
    }

    /// <summary>Never throws for operating errors: the reply says how the text was settled.</summary>
    public async ValueTask<TextReply> ClassifyAsync(string text, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        var pending = Encode(text);
        if (pending.Ids.Length == 0) Abandon(pending, ScoreOutcome.OtherLanguage);
        else if (_breaker.IsOpen) Abandon(pending, ScoreOutcome.NoModel);
        else if (timeout <= TimeSpan.Zero) Abandon(pending, ScoreOutcome.TimedOut);
        else if (!TryEnqueue(pending)) Abandon(pending, ScoreOutcome.Rejected);
        if (pending.Reply.IsCompleted) return Counted(await pending.Reply.ConfigureAwait(false));
        using var deadline = new CancellationTokenSource(timeout, _time);
        using var byTime = deadline.Token.UnsafeRegister(static state => Abandon((PendingText)state!, ScoreOutcome.TimedOut), pending);
        using var byCaller = cancellationToken.UnsafeRegister(
            static state => Abandon((PendingText)state!, ScoreOutcome.Cancelled), pending);
        return Counted(await pending.Reply.ConfigureAwait(false));
    }

    private PendingText Encode(string text)
    {
        var ids = ArrayPool<long>.Shared.Rent(_runner.Package.Manifest.MaxLength);
        var (count, isTruncated) = _encoder.Encode(
            text.AsSpan(0, Math.Min(text.Length, _options.CharactersMax)), ids.AsSpan(0, _runner.Package.Manifest.MaxLength));
        var pending = new PendingText(ids[..count], isTruncated || text.Length > _options.CharactersMax);
        ArrayPool<long>.Shared.Return(ids);
        return pending;
    }

    /// <summary>Settles what waits as rejected, waits for the runs under way, then lets the model go.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            foreach (var queue in _queues)
            {
                while (queue.TryDequeue(out var next)) Abandon(next.Text, ScoreOutcome.Rejected);
            }
        }

        _queued.Release(_loops.Length);
        await Task.WhenAll(_loops).ConfigureAwait(false);
        _runner.Dispose();
        _queued.Dispose();
    }

    private static void Abandon(PendingText pending, ScoreOutcome outcome)
    {
        if (pending.TryTake()) pending.Settle(outcome);
    }

    private TextReply Counted(TextReply reply)
    {
        _instruments.Settled(reply.Outcome);
        return reply;
    }

    private bool TryEnqueue(PendingText pending)
    {
        lock (_gate)
        {
            if (_isClosed || _waiting >= _options.QueueLengthMax) return false;
            _waiting++;
            _queues[_buckets.Of(pending.Ids.Length)].Enqueue((_number++, pending));
            _queued.Release();
            return true;
        }
    }

    private async Task LoopAsync()
    {
        var batch = new TextBatch(_options.BatchSizeMax, _runner.Package.Manifest.MaxLength, Labels.Count);
        var taken = new List<PendingText>(_options.BatchSizeMax);
        while (true)
        {
            await _queued.WaitAsync().ConfigureAwait(false);
            int bucket;
            lock (_gate)
            {
                if (_isClosed) return;
                bucket = Take(taken);
            }

            if (taken.Count > 0) Run(batch, taken, _buckets[bucket]);
            taken.Clear();
        }
    }

    /// <summary>The bucket whose first text has waited longest, and up to a batch of its texts.</summary>
    private int Take(List<PendingText> taken)
    {
        var (bucket, oldest) = (0, long.MaxValue);
        for (var i = 0; i < _queues.Length; i++)
        {
            if (_queues[i].TryPeek(out var first) && first.Number < oldest) (bucket, oldest) = (i, first.Number);
        }

        while (taken.Count < _options.BatchSizeMax && _queues[bucket].TryDequeue(out var next))
        {
            _waiting--;
            if (next.Text.TryTake()) taken.Add(next.Text);
        }

        return bucket;
    }

    private void Run(TextBatch batch, List<PendingText> taken, int length)
    {
        var isScored = false;
        var started = _time.GetTimestamp();
        try
        {
            batch.Begin(taken.Count, length, _encoder.PaddingId);
            for (var row = 0; row < taken.Count; row++) batch.Put(row, taken[row].Ids);
            _runner.Run(batch);
            isScored = ContractCheck.AreFinite(batch.Logits.AsSpan(0, batch.Rows * batch.Labels));
            if (!isScored) LogNotFinite(_logger, Model, taken.Count);
        }
        catch (Exception error)
        {
            // The edge to a foreign runtime: whatever it throws fails this run and no more.
            LogRunFailed(_logger, Model, taken.Count, error);
        }

        _instruments.Ran(taken.Count, _time.GetElapsedTime(started).TotalSeconds);
        if (isScored) _breaker.Succeeded();
        else if (_breaker.Failed()) LogBroken(_logger, Model, _options.FailuresMax, _options.CoolDown);
        var manifest = _runner.Package.Manifest;
        for (var row = 0; row < taken.Count; row++)
        {
            if (isScored) taken[row].Settle(ScoreOutcome.Scored, TextActivations.Probabilities(batch.LogitsOf(row), manifest));
            else taken[row].Settle(ScoreOutcome.Failed);
        }
    }

    [LoggerMessage(2050, LogLevel.Information, "Text model {Model} serves: {Labels} labels, texts of up to {Pieces} word pieces")]
    private static partial void LogServing(ILogger logger, string model, int labels, int pieces);

    [LoggerMessage(2051, LogLevel.Warning, "A run of text model {Model} over {Texts} texts failed")]
    private static partial void LogRunFailed(ILogger logger, string model, int texts, Exception error);

    [LoggerMessage(2052, LogLevel.Warning, "A run of text model {Model} over {Texts} texts gave values that are not finite")]
    private static partial void LogNotFinite(ILogger logger, string model, int texts);

    [LoggerMessage(2053, LogLevel.Error, "Text model {Model} failed {Failures} times in a row and rests for {CoolDown}")]
    private static partial void LogBroken(ILogger logger, string model, int failures, TimeSpan coolDown);
}
