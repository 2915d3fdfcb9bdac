using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Risks;

/// <summary>A bounded ranking in memory: silos remember what they told, and tell a new activation all of it.</summary>
[GrainType("ri.risks")]
internal sealed class RiskGrain(CustomerCore core) : Grain, IRiskGrain
{
    private readonly Dictionary<string, RiskNote> _notes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<string> TellAsync(RiskNotes notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        ContractVersion.Check(notes.Version, "the notes of customers at risk");
        foreach (var note in notes.Notes)
        {
            if (_notes.TryGetValue(note.CustomerId, out var known) && known.AtMs > note.AtMs) continue;
            if (note.IsLive) _notes[note.CustomerId] = note;
            else _notes.Remove(note.CustomerId);
        }

        Limit();
        return Task.FromResult(GrainContext.ActivationId.ToString());
    }

    /// <inheritdoc/>
    public Task<RiskNote[]> ListAsync(int limit) => Task.FromResult(Believed().Take(limit).ToArray());

    private IEnumerable<RiskNote> Believed()
    {
        var now = core.Now;
        return _notes.Values.Where(note => RiskFeed.IsBelieved(note, now))
            .OrderByDescending(static note => note.Risk).ThenBy(static note => note.CustomerId, StringComparer.Ordinal);
    }

    /// <summary>A quarter more than the limit, so that not every note costs a sort.</summary>
    private void Limit()
    {
        var max = core.Options.AtRiskListedMax;
        if (_notes.Count <= max + (max / 4)) return;
        var kept = Believed().Take(max).ToList();
        _notes.Clear();
        foreach (var note in kept) _notes[note.CustomerId] = note;
    }
}
