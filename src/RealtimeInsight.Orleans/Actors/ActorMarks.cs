namespace RealtimeInsight.Orleans.Actors;

/// <summary>Where an event comes from.</summary>
/// <param name="Partition">Of a stream; null when it comes from none.</param>
/// <param name="Offset">In the partition.</param>
/// <param name="SentTo">The merged id that forwards it; null when it was sent to the customer.</param>
/// <param name="TakesLate">True when it is to be taken in however late.</param>
internal readonly record struct EventSource(string? Partition, long Offset, string? SentTo = null, bool TakesLate = false)
{
    /// <summary>Comes from no stream.</summary>
    public static readonly EventSource None = new(null, -1);

    public bool HasPosition => Partition is not null;

    /// <summary>Two ids of one partition are read one after the other, but arrive as they come: each has a mark of its own.</summary>
    public string Key => SentTo is null ? Partition! : $"{Partition}\n{SentTo}";
}

/// <summary>Newest offset applied, by partition and forwarding id: a replay up to there has no effect.</summary>
internal sealed class ActorMarks(IReadOnlyDictionary<string, long> stored, int partitionsMax)
{
    private readonly Dictionary<string, long> _marks = new(stored, StringComparer.Ordinal);

    public bool Covers(in EventSource source) =>
        source.HasPosition && _marks.TryGetValue(source.Key, out var mark) && source.Offset <= mark;

    /// <summary>False when the event has no position.</summary>
    public bool Note(in EventSource source)
    {
        if (!source.HasPosition) return false;
        _marks[source.Key] = source.Offset;
        return true;
    }

    /// <exception cref="ArgumentException">The events of one id come from too many partitions.</exception>
    public void RequireRoomFor(EventSource source)
    {
        if (!source.HasPosition || _marks.ContainsKey(source.Key)) return;
        if (_marks.Keys.Count(key => string.Equals(SentTo(key), source.SentTo, StringComparison.Ordinal)) < partitionsMax) return;
        throw new ArgumentException(
            $"the customer's events come from more than {partitionsMax} partitions, one is usual; "
            + "send a customer's events with the customer id as the partition key", nameof(source));
    }

    public Dictionary<string, long> ToDictionary() => new(_marks);

    /// <summary>The marks as those of an id that forwards to another customer.</summary>
    public Dictionary<string, long> As(string id) => _marks.ToDictionary(
        pair => SentTo(pair.Key) is null ? $"{pair.Key}\n{id}" : pair.Key, static pair => pair.Value, StringComparer.Ordinal);

    public void Add(IReadOnlyDictionary<string, long> marks)
    {
        foreach (var (key, offset) in marks) _marks[key] = Math.Max(offset, _marks.GetValueOrDefault(key, offset));
    }

    /// <summary>The marks of what was sent to the customer itself.</summary>
    public Dictionary<string, long> Own() => _marks.Where(static pair => SentTo(pair.Key) is null).ToDictionary(StringComparer.Ordinal);

    /// <summary>The marks of an id that forwards, in the form that it has them itself.</summary>
    public Dictionary<string, long> Of(string id) => _marks.Where(pair => SentTo(pair.Key) == id).ToDictionary(
        static pair => pair.Key[..pair.Key.IndexOf('\n', StringComparison.Ordinal)], static pair => pair.Value, StringComparer.Ordinal);

    /// <summary>Takes the marks of an id and its members out, in the form that the id has them itself.</summary>
    public Dictionary<string, long> Take(string id, IReadOnlySet<string> members)
    {
        var taken = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (key, offset) in _marks.Where(pair => SentTo(pair.Key) is { } sender && members.Contains(sender)).ToList())
        {
            _marks.Remove(key);
            taken[SentTo(key) == id ? key[..key.IndexOf('\n', StringComparison.Ordinal)] : key] = offset;
        }

        return taken;
    }

    private static string? SentTo(string key) =>
        key.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var at ? key[(at + 1)..] : null;
}
