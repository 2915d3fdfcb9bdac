namespace RealtimeInsight.Inference.Pool;

/// <summary>A queued request. Whoever moves it out of the waiting state settles it, so it is settled exactly once.</summary>
internal sealed class PendingScore(ScoreRequest request, long enqueuedAt, long deadline)
{
    private const int Waiting = 0;
    private const int Taken = 1;

    private readonly TaskCompletionSource<ScoreReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private int _state;

    public ScoreRequest Request { get; } = request;

    /// <summary>Timestamps of the time provider.</summary>
    public long EnqueuedAt { get; } = enqueuedAt;

    public long Deadline { get; } = deadline;

    public Task<ScoreReply> Reply => _completion.Task;

    public bool IsWaiting => Volatile.Read(ref _state) == Waiting;

    /// <summary>Has <paramref name="onCancelled"/> called when the caller gives up; to be called before it is queued.</summary>
    public void WatchCancellation(Action<object?> onCancelled, CancellationToken cancellationToken) =>
        _registration = cancellationToken.UnsafeRegister(onCancelled, this);

    /// <summary>True for the one caller that has to settle it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Waiting) == Waiting;

    /// <summary>Only for who took it.</summary>
    public void Settle(ScoreReply reply)
    {
        _registration.Unregister();
        _completion.SetResult(reply);
    }
}
