namespace RealtimeInsight.Inference.Text;

/// <summary>A queued text. Whoever moves it out of the waiting state settles it, so it is settled exactly once.</summary>
internal sealed class PendingText(long[] ids, bool isTruncated)
{
    private readonly TaskCompletionSource<TextReply> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _isTaken;

    public long[] Ids { get; } = ids;

    public Task<TextReply> Reply => _completion.Task;

    /// <summary>True for the one caller that has to settle it.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    /// <summary>Only for who took it.</summary>
    public void Settle(ScoreOutcome outcome, ReadOnlyMemory<float> probabilities = default) =>
        _completion.SetResult(new TextReply(outcome, probabilities, Ids.Length, isTruncated));
}
