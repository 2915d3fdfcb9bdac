using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// What customers look at after what, learned from the stream: for each item the items that came within the next ten of its session, the
/// nearer the heavier (co-visitation), with weights that fade. Bounded: the least seen items go, an item's weakest partners give way.
/// <para>
/// While it learns it is judged: what it would have recommended before each item is held against the item that came (prequential).
/// </para>
/// Thread-safe.
/// </summary>
public sealed class LiveItems
{
    /// <summary>Length of the lists that are judged.</summary>
    public const int Depth = 20;

    /// <summary>Items of a session that count as what an item follows.</summary>
    public const int StepsMax = 10;

    private const byte FormatVersion = 1;
    private const double StepFading = 0.7;
    private const double Backwards = 0.5;
    private const int PopularMax = Depth;
    private const int PopularEvery = 1_024;

    private readonly Lock _gate = new();
    private readonly LiveItemsOptions _options;
    private readonly Dictionary<uint, LiveItem> _items = [];
    private readonly Dictionary<uint, double> _scores = [];
    private readonly List<(double Score, uint Item)> _ranked = [];
    private LiveItem[] _popular = [];
    private FadingScale _scale;
    private NextItemFigures _figures = NextItemFigures.None;
    private long _seen;
    private bool _isFrozen;

    public LiveItems(LiveItemsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _scale) = (options, new FadingScale(options.HalfLife));
    }

    public int Count
    {
        get
        {
            lock (_gate) return _items.Count;
        }
    }

    /// <summary>How its recommendations did, since it began or was reset.</summary>
    public NextItemFigures Figures
    {
        get
        {
            lock (_gate) return _figures;
        }
    }

    /// <summary>While true nothing is learned any more; what is recommended stays as it is, and goes on being judged.</summary>
    public bool IsFrozen
    {
        get
        {
            lock (_gate) return _isFrozen;
        }

        set
        {
            lock (_gate) _isFrozen = value;
        }
    }

    /// <summary>A customer has looked at an item: judges what was recommended, then learns from it.</summary>
    /// <param name="before">The session's items before it, the newest first; more than <see cref="StepsMax"/> are left out.</param>
    public void Saw(string id, uint item, ReadOnlySpan<uint> before, Instant at)
    {
        ArgumentNullException.ThrowIfNull(id);
        before = before[..Math.Min(before.Length, StepsMax)];
        lock (_gate)
        {
            if (before.Length > 0 && IsJudged(item, at)) Judge(item, before);
            if (!_isFrozen) Learn(id, item, before, at);
        }
    }

    /// <summary>The items that are most likely next, the best first, with shares of the weight behind them; then the most seen.</summary>
    /// <param name="before">The session's items, the newest first.</param>
    public IReadOnlyList<LiveRecommendation> Recommend(ReadOnlySpan<uint> before, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        lock (_gate)
        {
            Rank(before[..Math.Min(before.Length, StepsMax)]);
            var found = new List<LiveRecommendation>(Math.Min(limit, _ranked.Count + PopularMax));
            foreach (var (score, item) in _ranked)
            {
                if (found.Count == limit) return found;
                found.Add(new LiveRecommendation(_items[item].Id, score));
            }

            foreach (var popular in _popular)
            {
                if (found.Count == limit) break;
                if (!_scores.ContainsKey(popular.Key)) found.Add(new LiveRecommendation(popular.Id, 0));
            }

            return found;
        }
    }

    /// <summary>What speaks for each item after these; shares that add up to 1 at most.</summary>
    public void Score(ReadOnlySpan<uint> before, Dictionary<uint, double> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        lock (_gate)
        {
            Gather(before[..Math.Min(before.Length, StepsMax)]);
            foreach (var (item, score) in _scores) scores[item] = score;
        }
    }

    /// <summary>The item's id; null for one that is not known (any more).</summary>
    public string? IdOf(uint item)
    {
        lock (_gate) return _items.GetValueOrDefault(item)?.Id;
    }

    public void Reset()
    {
        lock (_gate)
        {
            _items.Clear();
            (_popular, _scale, _figures, _seen) = ([], new FadingScale(_options.HalfLife), NextItemFigures.None, 0);
        }
    }

    public void Write(System.Buffers.IBufferWriter<byte> output)
    {
        var writer = new ByteWriter(output);
        lock (_gate)
        {
            writer.Byte(FormatVersion);
            _scale.Write(writer);
            writer.Bool(_isFrozen);
            writer.Unsigned((ulong)_seen);
            writer.Unsigned((ulong)_figures.Judged);
            writer.Unsigned((ulong)_figures.Hits);
            writer.Double(_figures.ReciprocalSum);
            writer.Unsigned((ulong)_items.Count);
            foreach (var item in _items.Values)
            {
                writer.Unsigned(item.Key);
                writer.Text(item.Id);
                writer.Double(item.Weight);
                writer.Double(item.Total);
                writer.Unsigned((ulong)item.Count);
                foreach (var partner in item.Partners) writer.Unsigned(partner);
                foreach (var weight in item.Weights) writer.Double(weight);
            }
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote; what fades otherwise now begins anew.</summary>
    /// <exception cref="FormatException">It is something else; nothing has changed.</exception>
    public void Load(ref ByteReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion) throw reader.Malformed($"items have format {version}, this program reads {FormatVersion}");
        var scale = new FadingScale(_options.HalfLife);
        var fadesAlike = scale.Read(ref reader);
        var (isFrozen, seen) = (reader.Bool(), (long)reader.Unsigned());
        var figures = new NextItemFigures((long)reader.Unsigned(), (long)reader.Unsigned(), reader.Double());
        var items = new List<LiveItem>();
        for (var left = reader.Count(LiveItemsOptions.CountLimit); left > 0; left--)
        {
            var item = new LiveItem(reader.Unsigned32(), reader.Text());
            var (weight, total) = (reader.Double(), reader.Double());
            var partners = new uint[reader.Count(LiveItemsOptions.PartnersLimit)];
            var weights = new double[partners.Length];
            foreach (ref var partner in partners.AsSpan()) partner = reader.Unsigned32();
            foreach (ref var one in weights.AsSpan()) one = reader.Double();
            item.Restore(weight, total, partners, weights);
            items.Add(item);
        }

        lock (_gate)
        {
            Reset();
            _isFrozen = isFrozen;
            if (!fadesAlike) return;
            (_scale, _figures, _seen) = (scale, figures, seen);
            foreach (var item in items) _items[item.Key] = item;
            if (_items.Count > _options.CountMax) DropLeastSeen();
            FindPopular();
        }
    }

    /// <summary>A draw of the moment and the item alone: the same events are judged however they come.</summary>
    private bool IsJudged(uint item, Instant at)
    {
        if (_options.JudgedShare >= 1) return true;
        var mixed = (item ^ (ulong)at.UnixMs) * 0x9E3779B97F4A7C15UL;
        return (mixed >> 11) * (1.0 / (1UL << 53)) < _options.JudgedShare;
    }

    private void Judge(uint item, ReadOnlySpan<uint> before)
    {
        Gather(before);
        _figures = _figures.With(RankOf(item));
    }

    /// <summary>Place of an item on the list that would be recommended, without making it; 0 for one that is not on it.</summary>
    private int RankOf(uint item)
    {
        var rank = 1;
        if (_scores.TryGetValue(item, out var own))
        {
            foreach (var (other, score) in _scores) rank += Compare((score, other), (own, item)) < 0 ? 1 : 0;
            return rank <= Depth ? rank : 0;
        }

        rank += _scores.Count;
        foreach (var popular in _popular)
        {
            if (rank > Depth) break;
            if (popular.Key == item) return rank;
            if (!_scores.ContainsKey(popular.Key)) rank++;
        }

        return 0;
    }

    private void Learn(string id, uint item, ReadOnlySpan<uint> before, Instant at)
    {
        var weight = _scale.WeightOf(at.UnixMs, out var rescale);
        if (rescale != 1) foreach (var kept in _items.Values) kept.Scale(rescale);
        var seen = Find(item, id);
        seen.Weight += weight;
        for (var step = 0; step < before.Length; step++)
        {
            var share = weight / (step + 1);
            if (_items.TryGetValue(before[step], out var earlier)) earlier.Add(item, share, _options.PartnersMax);
            seen.Add(before[step], share * Backwards, _options.PartnersMax);
        }

        if (++_seen % PopularEvery == 1) FindPopular();
    }

    private LiveItem Find(uint item, string id)
    {
        if (_items.TryGetValue(item, out var known)) return known;
        if (_items.Count >= _options.CountMax) DropLeastSeen();
        return _items[item] = new LiveItem(item, id);
    }

    /// <summary>Makes room by a 16th at once, so that each costs little.</summary>
    private void DropLeastSeen()
    {
        var keep = _options.CountMax - Math.Max(1, _options.CountMax / 16);
        var ranked = _items.Values.OrderByDescending(static item => item.Weight).ThenBy(static item => item.Key);
        foreach (var item in ranked.Skip(keep).ToList())
        {
            _items.Remove(item.Key);
        }

        FindPopular();
    }

    private void FindPopular() => _popular =
        [.. _items.Values.OrderByDescending(static item => item.Weight).ThenBy(static item => item.Key).Take(PopularMax)];

    private void Rank(ReadOnlySpan<uint> before)
    {
        Gather(before);
        _ranked.Clear();
        foreach (var (item, score) in _scores) _ranked.Add((score, item));
        _ranked.Sort(Compare);
    }

    /// <summary>The better first.</summary>
    private static int Compare((double Score, uint Item) a, (double Score, uint Item) b) =>
        a.Score.Equals(b.Score) ? a.Item.CompareTo(b.Item) : b.Score.CompareTo(a.Score);

    private void Gather(ReadOnlySpan<uint> before)
    {
        _scores.Clear();
        var (weight, sum) = (1.0, 0.0);
        foreach (var item in before)
        {
            sum += weight;
            weight *= StepFading;
        }

        weight = 1 / sum;
        foreach (var item in before)
        {
            if (_items.TryGetValue(item, out var known) && known.Total > 0)
            {
                var partners = known.Partners;
                var weights = known.Weights;
                for (var i = 0; i < partners.Length; i++)
                {
                    if (!_items.ContainsKey(partners[i])) continue;
                    CollectionsMarshal.GetValueRefOrAddDefault(_scores, partners[i], out _) += weight * weights[i] / known.Total;
                }
            }

            weight *= StepFading;
        }
    }
}

/// <param name="Share">Of the weight behind what followed the session's items; 0 for one that is only much seen.</param>
public sealed record LiveRecommendation(string Item, double Share);
