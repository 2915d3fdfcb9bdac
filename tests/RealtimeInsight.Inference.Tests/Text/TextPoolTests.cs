using System.Collections.Concurrent;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Tests.Fakes;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Tests.Text;

public sealed class TextPoolTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TextFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly InstrumentReader _metrics = new();
    private readonly RecordingLogger<TextPool> _logger = new();
    private readonly ConcurrentQueue<(int Rows, int Length)> _runs = new();
    private TextPool? _pool;

    [Fact]
    public async Task ClassifyAsync_Text_GivesItsProbabilities()
    {
        var pool = Pool(out _);

        var reply = await pool.ClassifyAsync("a b", s_patience, CancellationToken.None);

        // Ids: [CLS] 2, a 4, b 5, [SEP] 3.
        var positive = 1 / (1 + MathF.Exp(-0.014f));
        Assert.Equal(ScoreOutcome.Scored, reply.Outcome);
        Assert.Equal([1 - positive, positive], reply.Probabilities.ToArray(), (left, right) => Math.Abs(left - right) < 1e-6f);
        Assert.Equal((4, false), (reply.Pieces, reply.IsTruncated));
        Assert.Equal(1, _metrics.Sum("texts", "scored"));
    }

    [Fact]
    public async Task ClassifyAsync_Sigmoid_TakesEachLabelByItself()
    {
        _folder.Write(manifest => manifest["activation"] = "sigmoid");
        var pool = Pool(out _);

        var reply = await pool.ClassifyAsync("a b", s_patience, CancellationToken.None);

        Assert.Equal([0.5f, 1 / (1 + MathF.Exp(-0.014f))], reply.Probabilities.ToArray(), (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public async Task ClassifyAsync_LongText_IsCutAndSaysSo()
    {
        var pool = Pool(out _);

        var reply = await pool.ClassifyAsync(string.Join(' ', Enumerable.Repeat("a", 100)), s_patience, CancellationToken.None);

        Assert.Equal((64, true), (reply.Pieces, reply.IsTruncated));
    }

    [Fact]
    public async Task ClassifyAsync_WhileARunIsUnderWay_GathersTextsOfLikeLength()
    {
        using var gate = new SemaphoreSlim(0);
        var pool = Pool(out var runner);
        _runs.Clear();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        runner.OnRun = (rows, length) =>
        {
            _runs.Enqueue((rows, length));
            arrived.TrySetResult();
            Assert.True(gate.Wait(s_patience));
        };
        var first = pool.ClassifyAsync("a", s_patience, CancellationToken.None).AsTask();
        await arrived.Task.WaitAsync(s_patience);

        string[] texts = ["b", string.Join(' ', Enumerable.Repeat("c", 20)), "d", string.Join(' ', Enumerable.Repeat("e", 50)), "f"];
        var others = texts.Select(text => pool.ClassifyAsync(text, s_patience, CancellationToken.None).AsTask()).ToList();
        gate.Release(10);
        var replies = await Task.WhenAll(others.Prepend(first)).WaitAsync(s_patience);

        Assert.All(replies, reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
        Assert.Equal([(1, 16), (3, 16), (1, 24), (1, 64)], _runs);
        Assert.Equal(
            replies.Select(reply => reply.Probabilities.Span[1]),
            texts.Prepend("a").Select(text => 1 / (1 + MathF.Exp(-(5 + text.Split(' ').Sum(word => 4 + word[0] - 'a')) / 1000f))),
            (left, right) => Math.Abs(left - right) < 1e-6f);
    }

    [Fact]
    public async Task ClassifyAsync_WhatCannotBeServed_IsSettledOnce()
    {
        using var gate = new SemaphoreSlim(0);
        using var cancellation = new CancellationTokenSource();
        var pool = Pool(out var runner, options => options.QueueLengthMax = 2);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        runner.OnRun = (_, _) =>
        {
            arrived.TrySetResult();
            Assert.True(gate.Wait(s_patience));
        };
        var running = pool.ClassifyAsync("a", s_patience, CancellationToken.None).AsTask();
        await arrived.Task.WaitAsync(s_patience);
        var late = pool.ClassifyAsync("b", TimeSpan.FromSeconds(1), CancellationToken.None).AsTask();
        var given = pool.ClassifyAsync("c", s_patience, cancellation.Token).AsTask();
        var full = await pool.ClassifyAsync("d", s_patience, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));
        await cancellation.CancelAsync();
        var settled = await Task.WhenAll(late, given).WaitAsync(s_patience);
        gate.Release(10);

        Assert.Equal(ScoreOutcome.Rejected, full.Outcome);
        Assert.Equal([ScoreOutcome.TimedOut, ScoreOutcome.Cancelled], settled.Select(reply => reply.Outcome));
        Assert.Equal(ScoreOutcome.Scored, (await running.WaitAsync(s_patience)).Outcome);
        Assert.Equal(1, _metrics.Sum("texts", "timed_out") * _metrics.Sum("texts", "cancelled") * _metrics.Sum("texts", "rejected"));
    }

    [Fact]
    public async Task ClassifyAsync_RunsThatFail_BreakTheModelUntilItHasRested()
    {
        var pool = Pool(out var runner, options => (options.FailuresMax, options.CoolDown) = (2, TimeSpan.FromSeconds(10)));
        runner.OnRun = (_, _) => throw new InvalidOperationException("out of memory");
        var outcomes = new List<ScoreOutcome>();
        for (var i = 0; i < 3; i++) outcomes.Add((await pool.ClassifyAsync("a", s_patience, CancellationToken.None)).Outcome);
        runner.OnRun = null;
        _time.Advance(TimeSpan.FromSeconds(11));

        var rested = await pool.ClassifyAsync("a", s_patience, CancellationToken.None);

        Assert.Equal([ScoreOutcome.Failed, ScoreOutcome.Failed, ScoreOutcome.NoModel], outcomes);
        Assert.Equal(ScoreOutcome.Scored, rested.Outcome);
        Assert.Equal((2, 1), (_logger.Count(2051), _logger.Count(2053)));
    }

    [Fact]
    public async Task DisposeAsync_TextsThatWait_AreRejectedAndTheModelLetGo()
    {
        using var gate = new SemaphoreSlim(0);
        var pool = Pool(out var runner);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        runner.OnRun = (_, _) =>
        {
            arrived.TrySetResult();
            Assert.True(gate.Wait(s_patience));
        };
        var running = pool.ClassifyAsync("a", s_patience, CancellationToken.None).AsTask();
        await arrived.Task.WaitAsync(s_patience);
        var waiting = pool.ClassifyAsync("b", s_patience, CancellationToken.None).AsTask();
        var closing = pool.DisposeAsync().AsTask();
        Assert.Equal(ScoreOutcome.Rejected, (await waiting.WaitAsync(s_patience)).Outcome);
        gate.Release(10);
        await closing.WaitAsync(s_patience);

        Assert.Equal(ScoreOutcome.Scored, (await running.WaitAsync(s_patience)).Outcome);
        Assert.Equal(ScoreOutcome.Rejected, (await pool.ClassifyAsync("c", s_patience, CancellationToken.None)).Outcome);
        Assert.Equal(1, runner.Disposals);
    }

    [Fact]
    public void Constructor_EncoderThatReadsPadding_IsRefused()
    {
        var runner = new FakeTextRunner(_folder.Read()) { IgnoresMask = true };

        var refused = Assert.Throws<ModelRefusedException>(() => Pool(runner, _ => { }));

        Assert.Equal(ModelRefusal.WarmUp, refused.Reason);
        Assert.Contains("padding has to be left out by attention_mask", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, runner.Disposals);
    }

    [Fact]
    public void Constructor_LengthBeyondTheEncoder_IsRefused()
    {
        var runner = new FakeTextRunner(_folder.Read())
        {
            OnRun = (_, length) => ArgumentOutOfRangeException.ThrowIfGreaterThan(length, 32),
        };

        var refused = Assert.Throws<ModelRefusedException>(() => Pool(runner, _ => { }));

        Assert.Contains("failed in warm-up with texts of 48 word pieces", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0, 16)]
    [InlineData(16, 0, 16)]
    [InlineData(17, 1, 24)]
    [InlineData(25, 2, 32)]
    [InlineData(64, 4, 64)]
    [InlineData(65, 5, 96)]
    [InlineData(97, 6, 100)]
    [InlineData(100, 6, 100)]
    [InlineData(200, 6, 100)]
    public void LengthBuckets_Of_IsTheShortestThatHolds(int pieces, int bucket, int length)
    {
        var buckets = new LengthBuckets(100, takesAnyLength: true);

        Assert.Equal(bucket, buckets.Of(pieces));
        Assert.Equal(length, buckets[bucket]);
        Assert.Equal(100, new LengthBuckets(100, takesAnyLength: false)[0]);
        Assert.Equal(0, new LengthBuckets(100, takesAnyLength: false).Of(pieces));
    }

    [Fact]
    public void Validate_Bounds_NameSettingValueAndRule()
    {
        var options = new TextOptions { Model = "a/b", ModelVersion = "x", CallersMax = 0, QueueLengthMax = 3, Timeout = TimeSpan.Zero,
            LabelTimeout = TimeSpan.FromHours(1) };

        var failures = new TextOptionsValidator().Validate(null, options).Failures!.ToList();

        Assert.Equal(6, failures.Count);
        Assert.Contains("QueueLengthMax is 3; it has to be 64 to 100000.", failures);
        Assert.True(new TextOptionsValidator().Validate(null, new TextOptions()).Succeeded);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pool is not null) await _pool.DisposeAsync();
        _folder.Dispose();
        _metrics.Dispose();
    }

    private TextPool Pool(out FakeTextRunner runner, Action<TextOptions>? configure = null) =>
        Pool(
            runner = new FakeTextRunner(_folder.Read()) { OnRun = (rows, length) => _runs.Enqueue((rows, length)) },
            configure ?? (_ => { }));

    private TextPool Pool(FakeTextRunner runner, Action<TextOptions> configure)
    {
        var options = new TextOptions { QueueLengthMax = 64 };
        configure(options);
        return _pool = new TextPool(runner, options, _metrics.TextInstruments, _time, _logger);
    }
}
