using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>What is counted of one model version. Not thread-safe.</summary>
internal sealed class VersionMonitor
{
    private readonly PanedTally[] _live;
    private readonly PairedLoss[] _against = [new(), new(), new()];
    private readonly long[] _outcomes = new long[ScoreHeads.Count];
    private readonly ModelManifest? _manifest;

    public VersionMonitor(ModelIdentity model, ModelManifest? manifest, TimeSpan outcomeWindow, TimeSpan driftWindow)
    {
        Model = model;
        _manifest = manifest;
        _live = [.. Enumerable.Range(0, ScoreHeads.Count).Select(_ => new PanedTally(outcomeWindow))];
        Drift = DriftTally.Of(manifest?.Reference, driftWindow);
        Horizons = manifest?.Horizons.ToSpans()
            ?? [OutcomeRules.ChurnHorizon, OutcomeRules.AbandonmentHorizon, OutcomeRules.PurchaseHorizon];
    }

    public ModelIdentity Model { get; }

    /// <summary>By head.</summary>
    public IReadOnlyList<TimeSpan> Horizons { get; }

    public DriftTally? Drift { get; }

    /// <summary>Grows with every use, to tell which version was used last.</summary>
    public long UsedAt { get; set; }

    public void Add(ScoreHead head, Instant knownAt, float score, bool outcome)
    {
        _live[(int)head].Add(knownAt, score, outcome);
        _outcomes[(int)head]++;
    }

    public void AddAgainst(in ResolvedScore resolved) =>
        _against[(int)resolved.Head].Add(resolved.Customer, resolved.ShadowScore, resolved.Score, resolved.Outcome);

    public bool HasManifest => _manifest is not null;

    /// <summary>Goes on with what another has counted of the same version.</summary>
    public void TakeOver(VersionMonitor other)
    {
        for (var head = 0; head < ScoreHeads.Count; head++)
        {
            (_live[head], _against[head], _outcomes[head]) = (other._live[head], other._against[head], other._outcomes[head]);
        }
    }

    public VersionWatch Read() => new(
        Model.ToString(), Model.Version,
        [
            .. ModelHeads.All.Select((name, head) => new HeadWatch(
                name, _live[head].Since is { HasValue: true } since ? since : null, _outcomes[head], _live[head].Read(),
                _manifest?.Metrics.GetValueOrDefault(name), _against[head].Read())),
        ],
        Drift?.Read());

    public void Write(BinaryWriter writer)
    {
        for (var head = 0; head < ScoreHeads.Count; head++)
        {
            writer.Write(_outcomes[head]);
            _live[head].Write(writer);
            _against[head].Write(writer);
        }
    }

    public void Read(BinaryReader reader)
    {
        for (var head = 0; head < ScoreHeads.Count; head++)
        {
            _outcomes[head] = reader.ReadInt64();
            _live[head].Read(reader);
            _against[head].Read(reader);
        }
    }
}
