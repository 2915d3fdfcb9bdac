using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Monitoring;

/// <summary>
/// Keeps what live scores turn out to be worth, and how far the traffic has moved from what the models learned from, by model version.
/// Takes about 100 KB a version and 30 KB for its drift, whatever the traffic; versions beyond <see cref="VersionsMax"/> push the one out
/// that was not used for longest. Thread-safe.
/// </summary>
public sealed class ModelMonitor
{
    public const int VersionsMax = 8;
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, VersionMonitor> _versions = [];
    private readonly TimeSpan _outcomeWindow;
    private readonly TimeSpan _driftWindow;
    private long _uses;

    // No draw above it is in the sample of any version: most events are over with a look at it.
    private ulong _sampledUpTo;

    /// <param name="outcomeWindow">Length of a pane of outcomes; figures are of the last one to two.</param>
    /// <param name="driftWindow">Length of a pane of inputs.</param>
    public ModelMonitor(TimeSpan outcomeWindow, TimeSpan driftWindow)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outcomeWindow, TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(driftWindow, TimeSpan.FromMinutes(1));
        (_outcomeWindow, _driftWindow) = (outcomeWindow, driftWindow);
    }

    /// <summary>Is told of every score whose outcome is known, one at a time; has to be quick.</summary>
    public Action<ResolvedScore>? Observer { get; set; }

    /// <summary>Notes a version that scores from now on, and says how far ahead its heads look.</summary>
    public IReadOnlyList<TimeSpan> Know(ModelIdentity model, ModelManifest? manifest)
    {
        ArgumentNullException.ThrowIfNull(model);
        lock (_gate) return VersionOf(model, manifest).Horizons;
    }

    /// <summary>Counts a score whose outcome is known.</summary>
    public void Resolved(in ResolvedScore resolved)
    {
        lock (_gate)
        {
            Observer?.Invoke(resolved);
            if (Used(resolved.Stamp) is { } serving) serving.Add(resolved.Head, resolved.KnownAt, resolved.Score, resolved.Outcome);
            if (resolved.ShadowStamp == 0 || Used(resolved.ShadowStamp) is not { } shadow) return;
            shadow.Add(resolved.Head, resolved.KnownAt, resolved.ShadowScore, resolved.Outcome);
            shadow.AddAgainst(resolved);
        }
    }

    /// <summary>Compares the newest event of a customer, as its model saw it, with the model's reference, where it is in the
    /// sample.</summary>
    /// <param name="state">Scored just now.</param>
    /// <param name="draw">Evenly distributed, and independent of what was drawn for other moments.</param>
    public void Sample(CustomerState state, ulong draw)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (draw > Volatile.Read(ref _sampledUpTo)) return;
        lock (_gate)
        {
            if (!_versions.TryGetValue(state.ModelStamp, out var version) || version.Drift is not { } drift) return;
            var isWanted = drift.Wants(state.LastSeen, draw);
            if (drift.SampledUpTo != _sampledUpTo) Volatile.Write(ref _sampledUpTo, SampledUpTo());
            if (!isWanted) return;
            version.UsedAt = ++_uses;
            Span<float> token = stackalloc float[ModelContract.TokenFeatures];
            Span<long> ids = stackalloc long[ModelContract.TokenIds];
            Span<float> profile = stackalloc float[ModelContract.ProfileFeatures];
            FeatureExtractor.Token(state, token, ids);
            FeatureExtractor.Profile(state, state.LastSeen, profile);
            drift.Add(token, ids, profile, state.Scores);
        }
    }

    /// <param name="waiting">What the shards follow.</param>
    public ModelWatch Read(IReadOnlyList<WaitingScores> waiting)
    {
        lock (_gate)
        {
            return new ModelWatch(
                _outcomeWindow, _driftWindow,
                [
                    .. _versions.Values.Select(static version => version.Read())
                        .OrderByDescending(static version => version.Version.Length)
                        .ThenByDescending(static version => version.Version, StringComparer.Ordinal),
                ],
                waiting);
        }
    }

    /// <summary>Writes what is counted of every version; samples of inputs are left out.</summary>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        lock (_gate)
        {
            writer.Write(_versions.Count);
            foreach (var version in _versions.Values.OrderBy(static version => version.UsedAt))
            {
                writer.Write(version.Model.Name);
                writer.Write(version.Model.Version);
                writer.Write(version.Model.Digest);
                writer.Write(version.Model.Stamp);
                version.Write(writer);
            }
        }
    }

    /// <summary>Takes in what was written, in the place of what is counted of those versions.</summary>
    /// <exception cref="InvalidDataException">It was written with other bins.</exception>
    /// <exception cref="EndOfStreamException">It ends too early.</exception>
    public void Read(BinaryReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        lock (_gate)
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
            {
                var model = new ModelIdentity(reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadUInt32());
                VersionOf(model, manifest: null).Read(reader);
            }
        }
    }

    private VersionMonitor? Used(uint stamp)
    {
        if (!_versions.TryGetValue(stamp, out var version)) return null;
        version.UsedAt = ++_uses;
        return version;
    }

    private VersionMonitor VersionOf(ModelIdentity model, ModelManifest? manifest)
    {
        if (Used(model.Stamp) is { } known && (known.HasManifest || manifest is null)) return known;
        var kept = _versions.GetValueOrDefault(model.Stamp);
        _versions.Remove(model.Stamp);
        if (_versions.Count >= VersionsMax) _versions.Remove(_versions.MinBy(static pair => pair.Value.UsedAt).Key);
        var version = new VersionMonitor(model, manifest, _outcomeWindow, _driftWindow) { UsedAt = ++_uses };
        if (kept is not null) version.TakeOver(kept);
        _versions.Add(model.Stamp, version);
        Volatile.Write(ref _sampledUpTo, SampledUpTo());
        return version;
    }

    private ulong SampledUpTo()
    {
        var most = 0UL;
        foreach (var version in _versions.Values) most = Math.Max(most, version.Drift?.SampledUpTo ?? 0);
        return most;
    }
}
