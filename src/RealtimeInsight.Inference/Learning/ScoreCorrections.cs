using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Inference.Learning;

/// <summary>
/// An <see cref="OnlineCalibration"/> for each model version and head, fed by scores whose outcome is known. Outcomes come up to a horizon
/// after their score, which may have been corrected otherwise then: what was in force is kept with its time, and taken out again before an
/// outcome is counted. Thread-safe.
/// </summary>
public sealed class ScoreCorrections
{
    public const int VersionsMax = 8;

    /// <summary>One change a day at most, so this reaches back further than any horizon.</summary>
    private const int ChangesMax = 256;

    private const byte FormatVersion = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Head[]> _versions = [];

    /// <summary>A version's correction has changed; raised while it is held, so a receiver has to be quick.</summary>
    public event Action<uint, HeadCorrections>? Changed;

    /// <summary>What is in force for a version; neutral for one that is not known.</summary>
    public HeadCorrections Of(uint stamp)
    {
        lock (_gate) return _versions.TryGetValue(stamp, out var heads) ? Corrections(heads) : HeadCorrections.Neutral;
    }

    /// <summary>Every version with what was learned of it, by stamp.</summary>
    public IReadOnlyDictionary<uint, HeadCorrections> Read()
    {
        lock (_gate) return _versions.ToDictionary(static pair => pair.Key, static pair => Corrections(pair.Value));
    }

    /// <summary>Notes a version that serves from now on, in the place of the one not used for longest where there are too many.</summary>
    public void Know(uint stamp, ModelHorizons horizons)
    {
        ArgumentNullException.ThrowIfNull(horizons);
        lock (_gate)
        {
            if (_versions.ContainsKey(stamp)) return;
            if (_versions.Count >= VersionsMax) _versions.Remove(_versions.MinBy(static pair => pair.Value.Max(LastUse)).Key);
            _versions[stamp] = [.. horizons.ToSpans().Select(Of)];
        }

        static Head Of(TimeSpan horizon) => new()
        {
            // One that is too far away is never waited for, so nothing is learned of it.
            Calibration = new OnlineCalibration(horizon <= OnlineCalibration.HorizonMax ? horizon : OnlineCalibration.HorizonMax),
            IsLearned = horizon <= OnlineCalibration.HorizonMax,
        };
    }

    /// <summary>Counts an outcome of a known version that served; a shadow's scores are not corrected.</summary>
    public void Observe(ResolvedScore resolved)
    {
        lock (_gate)
        {
            if (!_versions.TryGetValue(resolved.Stamp, out var heads)) return;
            var head = heads[(int)resolved.Head];
            if (!head.IsLearned) return;
            head.UsedAt = Instant.Max(head.UsedAt, resolved.KnownAt);
            var raw = head.Uncorrected(resolved.Score, resolved.At);
            var isChanged = head.Calibration.Add(raw, resolved.Outcome, resolved.At, resolved.KnownAt);
            if (!isChanged) return;
            head.Note(new Change(resolved.KnownAt, head.Calibration.Slope, head.Calibration.Shift));
            Changed?.Invoke(resolved.Stamp, Corrections(heads));
        }
    }

    /// <summary>Back to what the models were trained to say, for all versions.</summary>
    /// <param name="now">From when on scores are not corrected any more.</param>
    public void Reset(Instant now)
    {
        lock (_gate)
        {
            foreach (var (stamp, heads) in _versions)
            {
                foreach (var head in heads)
                {
                    // What was in force stays known: outcomes of scores before this moment still come.
                    if (!head.Calibration.IsNeutral) head.Note(new Change(now, 1, 0));
                    head.Calibration.Reset();
                }

                Changed?.Invoke(stamp, HeadCorrections.Neutral);
            }
        }
    }

    /// <summary>Everything, with a checksum at the end.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        lock (_gate)
        {
            var writer = new ByteWriter(output);
            writer.Byte(FormatVersion);
            writer.Unsigned((ulong)_versions.Count);
            foreach (var (stamp, heads) in _versions.OrderBy(static pair => pair.Key))
            {
                writer.Unsigned(stamp);
                foreach (var head in heads)
                {
                    head.Calibration.Write(output);
                    writer.Bool(head.IsLearned);
                    writer.Signed(head.UsedAt.UnixMs);
                    writer.Unsigned((ulong)head.Changes.Count);
                    foreach (var change in head.Changes)
                    {
                        writer.Signed(change.From.UnixMs);
                        writer.Double(change.Slope);
                        writer.Double(change.Shift);
                    }
                }
            }
        }

        return CheckedBytes.Close(output);
    }

    /// <summary>Takes over what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else, or damaged; nothing has changed.</exception>
    public void Load(ReadOnlySpan<byte> bytes)
    {
        var reader = CheckedBytes.Open(bytes);
        var format = reader.Byte();
        if (format != FormatVersion) throw reader.Malformed($"corrections have format {format}, this program reads {FormatVersion}");
        var found = new Dictionary<uint, Head[]>();
        for (var left = reader.Count(VersionsMax); left > 0; left--)
        {
            var stamp = reader.Unsigned32();
            found[stamp] = new Head[ScoreHeads.Count];
            for (var i = 0; i < ScoreHeads.Count; i++)
            {
                var head = found[stamp][i] = new Head { Calibration = OnlineCalibration.Read(ref reader) };
                head.IsLearned = reader.Bool();
                head.UsedAt = new Instant(reader.Signed());
                for (var changes = reader.Count(ChangesMax); changes > 0; changes--)
                {
                    head.Changes.Enqueue(new Change(new Instant(reader.Signed()), reader.Double(), reader.Double()));
                }
            }
        }

        lock (_gate)
        {
            _versions.Clear();
            foreach (var (stamp, heads) in found) _versions[stamp] = heads;
        }
    }

    private static Instant LastUse(Head head) => head.UsedAt;

    private static HeadCorrections Corrections(Head[] heads) => new(
        heads[(int)ScoreHead.Churn].Correction, heads[(int)ScoreHead.Abandonment].Correction, heads[(int)ScoreHead.Purchase].Correction);

    private readonly record struct Change(Instant From, double Slope, double Shift);

    private sealed class Head
    {
        public required OnlineCalibration Calibration { get; init; }

        public bool IsLearned { get; set; } = true;

        public Instant UsedAt { get; set; }

        public Queue<Change> Changes { get; } = new();

        public HeadCorrection Correction => new(Calibration.Slope, Calibration.Shift, Calibration.Outcomes);

        public void Note(Change change)
        {
            if (Changes.Count == ChangesMax) Changes.Dequeue();
            Changes.Enqueue(change);
        }

        /// <summary>The probability as it was before what was in force at that moment.</summary>
        public double Uncorrected(double probability, Instant at)
        {
            var inForce = new Change(Instant.None, 1, 0);
            foreach (var change in Changes)
            {
                if (change.From > at) break;
                inForce = change;
            }

            if (inForce is { Slope: 1, Shift: 0 }) return probability;
            var kept = Math.Clamp(probability, 1e-6, 1 - 1e-6);
            return 1 / (1 + Math.Exp(-(Math.Log(kept / (1 - kept)) - inForce.Shift) / inForce.Slope));
        }
    }
}

/// <summary>What a head's logit is multiplied by and added to, and the outcomes behind it.</summary>
public readonly record struct HeadCorrection(double Slope, double Shift, long Outcomes)
{
    public static HeadCorrection Neutral => new(1, 0, 0);
}

/// <summary>The corrections of a version's heads.</summary>
public sealed record HeadCorrections(HeadCorrection Churn, HeadCorrection Abandonment, HeadCorrection Purchase)
{
    public static HeadCorrections Neutral { get; } = new(HeadCorrection.Neutral, HeadCorrection.Neutral, HeadCorrection.Neutral);
}
