using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

public sealed class MicroBatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = PoolFixture.Patience;

    private readonly PoolFixture _fixture = new(options =>
    {
        options.BatchSizeMax = 4;
        options.QueueLengthMax = 6;
        options.QueueDelayMax = TimeSpan.FromMilliseconds(5);
    });

    [Fact]
    public async Task Score_OneRow_GivesWhatAStepGives()
    {
        _fixture.Serve("7");
        var batch = TestInputs.Batch(seed: 3, rows: 1);
        _fixture.StepOnce(batch);

        var pending = _fixture.Score(seed: 3);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(5));
        var reply = await pending.WaitAsync(s_patience);

        Assert.Equal(ScoreOutcome.Scored, reply.Outcome);
        Assert.Equal(batch.Scores(0), reply.Scores);
        Assert.Equal(batch.StateOut, reply.StateOut.ToArray());
        Assert.Equal("7", reply.Model!.Version);
    }

    [Fact]
    public async Task Score_LoneRequest_WaitsForCompanyNoLongerThanTheQueueDelay()
    {
        using var gate = new RunGate(_fixture.Serve());
        gate.Pass(2);
        var first = _fixture.Score();

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(4));
        Assert.False(first.IsCompleted);
        var second = _fixture.Score(seed: 2);
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Task.WhenAll(first, second).WaitAsync(s_patience);
        Assert.Equal([2], gate.Runs);
        Assert.Equal(0.006, _fixture.Metrics.Sum("queue_delay"), 6);
    }

    [Fact]
    public async Task Score_BatchFull_LeavesAtOnce()
    {
        using var gate = new RunGate(_fixture.Serve());
        gate.Pass();

        var replies = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => _fixture.Score(seed: seed))).WaitAsync(s_patience);

        Assert.All(replies, reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
        Assert.Equal([4], gate.Runs);
    }

    [Fact]
    public async Task Score_ShortTimeout_LeavesInTimeForIt()
    {
        _fixture.Serve();
        var pending = _fixture.Score(timeout: TimeSpan.FromMilliseconds(4));

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal(ScoreOutcome.Scored, (await pending.WaitAsync(s_patience)).Outcome);
    }

    [Fact]
    public async Task Score_QueueFull_IsRejectedAtOnce()
    {
        using var gate = new RunGate(_fixture.Serve());
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        await gate.ArrivedAsync();
        var waiting = Enumerable.Range(0, 6).Select(_ => _fixture.Score()).ToList();

        var reply = await _fixture.Score().WaitAsync(s_patience);
        var other = _fixture.Score(ScorePriority.High);

        Assert.Equal(ScoreOutcome.Rejected, reply.Outcome);
        Assert.Equal(6, _fixture.Metrics.Sum("queue_length", "normal"));
        Assert.False(other.IsCompleted);
        gate.Open();
        var served = await Task.WhenAll([.. running, .. waiting, other]).WaitAsync(s_patience);
        Assert.All(served, settled => Assert.Equal(ScoreOutcome.Scored, settled.Outcome));
    }

    [Fact]
    public async Task Score_DeadlinePassesWhileTheModelIsBusy_TimesOutAtOnce()
    {
        using var gate = new RunGate(_fixture.Serve());
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        await gate.ArrivedAsync();
        var doomed = _fixture.Score(timeout: TimeSpan.FromMilliseconds(50));
        var patient = _fixture.Score(timeout: TimeSpan.FromSeconds(50));

        _fixture.Time.Advance(TimeSpan.FromMilliseconds(50));

        Assert.Equal(ScoreOutcome.TimedOut, (await doomed.WaitAsync(s_patience)).Outcome);
        Assert.False(patient.IsCompleted);
        gate.Open();
        Assert.Equal(ScoreOutcome.Scored, (await patient.WaitAsync(s_patience)).Outcome);
        await Task.WhenAll(running).WaitAsync(s_patience);
    }

    [Fact]
    public async Task Score_CallerGivesUpInTheQueue_IsCancelledAndMakesRoom()
    {
        using var gate = new RunGate(_fixture.Serve());
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        await gate.ArrivedAsync();
        using var source = new CancellationTokenSource();
        var leaving = Enumerable.Range(0, 6).Select(_ => _fixture.Score(cancellationToken: source.Token)).ToList();

        await source.CancelAsync();

        var replies = await Task.WhenAll(leaving).WaitAsync(s_patience);
        Assert.All(replies, reply => Assert.Equal(ScoreOutcome.Cancelled, reply.Outcome));
        var next = _fixture.Score();
        gate.Open();
        _fixture.Time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(ScoreOutcome.Scored, (await next.WaitAsync(s_patience)).Outcome);
        Assert.Equal(6, _fixture.Metrics.Scores("cancelled"));
        await Task.WhenAll(running).WaitAsync(s_patience);
    }

    [Fact]
    public async Task Score_CallerGivesUpDuringTheRun_StillGetsTheScore()
    {
        using var gate = new RunGate(_fixture.Serve());
        using var source = new CancellationTokenSource();
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score(cancellationToken: source.Token)).ToList();
        await gate.ArrivedAsync();

        await source.CancelAsync();
        gate.Open();

        var replies = await Task.WhenAll(running).WaitAsync(s_patience);
        Assert.All(replies, reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
    }

    [Fact]
    public async Task Score_HigherPriority_GoesFirst()
    {
        using var gate = new RunGate(_fixture.Serve());
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        await gate.ArrivedAsync();
        var low = Enumerable.Range(0, 4).Select(_ => _fixture.Score(ScorePriority.Low)).ToList();
        var high = Enumerable.Range(0, 4).Select(_ => _fixture.Score(ScorePriority.High)).ToList();

        gate.Pass();
        await gate.ArrivedAsync();
        gate.Pass();
        await gate.ArrivedAsync();

        Assert.All(await Task.WhenAll(high).WaitAsync(s_patience), reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
        Assert.All(low, pending => Assert.False(pending.IsCompleted));
        gate.Open();
        await Task.WhenAll([.. running, .. low]).WaitAsync(s_patience);
    }

    [Fact]
    public async Task Score_RowOutsideTheContract_FailsAlone()
    {
        _fixture.Serve();
        var token = new float[ModelContract.TokenFeatures];
        token[3] = float.NaN;

        var bad = _fixture.Pool.ScoreAsync(TestInputs.Request() with { Token = token }, s_patience, default).AsTask();
        var good = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();

        Assert.Equal(ScoreOutcome.Failed, (await bad.WaitAsync(s_patience)).Outcome);
        Assert.All(await Task.WhenAll(good).WaitAsync(s_patience), reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
        Assert.Equal(1, _fixture.Metrics.Scores("failed"));
    }

    [Fact]
    public async Task Score_WrongShapeOrTimeout_Throws()
    {
        var request = TestInputs.Request();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _fixture.Pool.ScoreAsync(request with { Profile = new float[63] }, s_patience, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _fixture.Pool.ScoreAsync(request, TimeSpan.FromSeconds(-2), default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await _fixture.Pool.ScoreAsync(request with { Priority = (ScorePriority)3 }, s_patience, default));
    }

    [Fact]
    public async Task Score_CancelledOrOutOfTimeAlready_IsSettledAtOnce()
    {
        _fixture.Serve();

        var cancelled = await _fixture.Score(cancellationToken: new CancellationToken(canceled: true));
        var late = await _fixture.Score(timeout: TimeSpan.Zero);

        Assert.Equal(ScoreOutcome.Cancelled, cancelled.Outcome);
        Assert.Equal(ScoreOutcome.TimedOut, late.Outcome);
    }

    [Fact]
    public async Task Score_NoModelOrBrokenModel_SaysSo()
    {
        var none = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        Assert.All(await Task.WhenAll(none).WaitAsync(s_patience), reply => Assert.Equal(ScoreOutcome.NoModel, reply.Outcome));

        _fixture.Serve().OnRun = _ => throw new InvalidOperationException("device lost");
        var failed = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();

        Assert.All(await Task.WhenAll(failed).WaitAsync(s_patience), reply => Assert.Equal(ScoreOutcome.Failed, reply.Outcome));
        Assert.All(await Task.WhenAll(failed), reply => Assert.True(reply.StateOut.IsEmpty && reply.Scores == default));
        Assert.Equal(4, _fixture.Metrics.Scores("no_model"));
        Assert.Equal(4, _fixture.Metrics.Scores("failed"));
    }

    [Fact]
    public async Task Dispose_WithRequestsWaiting_RejectsThem()
    {
        using var gate = new RunGate(_fixture.Serve());
        var running = Enumerable.Range(0, 4).Select(_ => _fixture.Score()).ToList();
        await gate.ArrivedAsync();
        var waiting = _fixture.Score();

        var closing = _fixture.Pool.DisposeAsync();

        Assert.Equal(ScoreOutcome.Rejected, (await waiting.WaitAsync(s_patience)).Outcome);
        Assert.Equal(ScoreOutcome.Rejected, (await _fixture.Score().WaitAsync(s_patience)).Outcome);
        gate.Open();
        await closing.AsTask().WaitAsync(s_patience);
        Assert.All(await Task.WhenAll(running), reply => Assert.Equal(ScoreOutcome.Scored, reply.Outcome));
    }

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();
}
