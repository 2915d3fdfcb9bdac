using System.Collections.Concurrent;

namespace RealtimeInsight.Engine.Watching;

/// <summary>Followed scores of a history between the two steps of its merge, which happen in two shards. Thread-safe.</summary>
internal sealed class MovedScores
{
    private readonly ConcurrentDictionary<ulong, IReadOnlyList<PendingScore>[]> _moved = new();

    /// <param name="scores">By head.</param>
    public void Put(ulong customer, IReadOnlyList<PendingScore>[] scores) => _moved[customer] = scores;

    public IReadOnlyList<PendingScore>[]? Take(ulong customer) => _moved.TryRemove(customer, out var scores) ? scores : null;
}
