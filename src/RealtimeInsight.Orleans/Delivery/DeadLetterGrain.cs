using Orleans.Concurrency;
using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Delivery;

/// <summary>Reentrant: what many customers tell while an endpoint is down is stored together, one write at a time.</summary>
[Reentrant]
[GrainType("ri.dead-letters")]
internal sealed class DeadLetterGrain(
    [PersistentState("dead-letters", SiloHosting.StorageName)] IPersistentState<DeadLetterState> storage, CustomerCore core)
    : Grain, IDeadLetterGrain
{
    private readonly SortedDictionary<Place, ListedLetter> _letters = [];
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);
    private readonly SharedWrites _writes = new();

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (var letter in storage.State.Letters) Put(letter);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task TellAsync(DeadLetterNews news)
    {
        ArgumentNullException.ThrowIfNull(news);
        foreach (var decision in news.Gone) Remove(decision);
        foreach (var letter in news.Dead)
        {
            Put(letter);
            if (_letters.Count <= core.Options.DeadLettersListedMax) continue;
            Remove(_letters.Last().Value.DecisionId);
            core.Instruments.DeadUnlisted();
        }

        _writes.Changed();
        return _writes.SaveAsync(WriteAsync);
    }

    /// <inheritdoc/>
    public Task<ListedLetter[]> ListAsync(DeadLetterQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var after = query.AfterDiedAtMs is { } diedAt ? new Place(diedAt, query.AfterDecisionId ?? "") : (Place?)null;
        return Task.FromResult(_letters
            .Where(pair => after is null || pair.Key.CompareTo(after.Value) > 0).Select(static pair => pair.Value)
            .Where(letter => Passes(letter, query)).Take(query.Limit).ToArray());
    }

    /// <inheritdoc/>
    public Task<string?> OwnerAsync(string decisionId) =>
        Task.FromResult(_places.TryGetValue(decisionId, out var place) ? _letters[place].Owner : null);

    /// <inheritdoc/>
    public async Task DropAsync(string decisionId, string owner)
    {
        if (await OwnerAsync(decisionId) == owner) await TellAsync(new DeadLetterNews([], [decisionId]));
    }

    private static bool Passes(ListedLetter letter, DeadLetterQuery query) =>
        (query.Channels is null || query.Channels.Contains(letter.Channel))
        && (query.CreatedFromMs is null || letter.CreatedAtMs >= query.CreatedFromMs)
        && (query.CreatedBeforeMs is null || letter.CreatedAtMs < query.CreatedBeforeMs);

    private void Put(ListedLetter letter)
    {
        Remove(letter.DecisionId);
        var place = new Place(letter.DiedAtMs, letter.DecisionId);
        _letters[place] = letter;
        _places[letter.DecisionId] = place;
    }

    private void Remove(string decisionId)
    {
        if (_places.Remove(decisionId, out var place)) _letters.Remove(place);
    }

    private Task WriteAsync() => this.StoreAsync(storage, new DeadLetterState { Letters = [.. _letters.Values] });

    /// <summary>In the order of the list: the newest death first, then the larger id.</summary>
    private readonly record struct Place(long DiedAtMs, string DecisionId) : IComparable<Place>
    {
        public int CompareTo(Place other) => DiedAtMs != other.DiedAtMs
            ? other.DiedAtMs.CompareTo(DiedAtMs)
            : string.CompareOrdinal(other.DecisionId, DecisionId);
    }
}
