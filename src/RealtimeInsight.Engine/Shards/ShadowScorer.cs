using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Scores a sample of the customers with a model that nobody acts on, and notes how its scores compare. Its recurrent states are in a
/// table of its own, bounded, not saved: whoever is not in it, or missed an event, is folded from the kept events. It takes at most its
/// share of the shard's time; what would take more is left out and counted.
/// </summary>
internal sealed class ShadowScorer(EngineOptions options, TimeProvider time, ShardCounters counters, OutcomeWatch watch)
{
    private const int NoRow = -1;

    private readonly ScoreBatch _batch = new(options.ModelRowsMax);
    private readonly FoldRequest _fold = new(CustomerOptions.LastEventsMaxLimit);
    private readonly (int Entry, HeadScores Serving, Instant At)[] _rows = new (int, HeadScores, Instant)[options.ModelRowsMax];
    private readonly Dictionary<ulong, int> _entryOf = [];
    private readonly List<Entry> _entries = [];

    /// <summary>Unused time of one second can be made up for.</summary>
    private readonly double _creditMax = time.TimestampFrequency * options.ShadowTimeMax;
    private double _credit = time.TimestampFrequency * options.ShadowTimeMax;
    private long _lastBegin = time.GetTimestamp();
    private int _nextOut;
    private IModelLease? _lease;
    private ShadowTally? _tally;
    private uint _stamp;

    public void Begin(IModelLease lease, ShadowTally tally)
    {
        _lease = lease;
        _tally = tally;
        if (lease.Model!.Stamp != _stamp)
        {
            _stamp = lease.Model.Stamp;
            _entryOf.Clear();
            _entries.Clear();
            _nextOut = 0;
        }

        var now = time.GetTimestamp();
        _credit = Math.Min(_creditMax, _credit + ((now - _lastBegin) * options.ShadowTimeMax));
        _lastBegin = now;
    }

    /// <summary>Runs what is waiting; the lease's owner gives it back afterwards.</summary>
    public void End()
    {
        Run();
        _lease = null;
    }

    /// <summary>Takes in a state whose newest event has just been scored.</summary>
    /// <param name="isStep">Whether the event came in order, after the one that the table knows.</param>
    public void Add(CustomerState state, bool isStep)
    {
        var hash = state.Id.StableHash;
        if (!_tally!.Share.Has(hash)) return;
        if (_credit <= 0)
        {
            _tally.Skip(1);
            return;
        }

        if (!_entryOf.TryGetValue(hash, out var at)) at = NewEntry(hash);
        else if (_entries[at].Row != NoRow) Run();
        var entry = _entries[at];
        var follows = isStep && entry.EventCount == state.EventCount - 1;
        entry.EventCount = state.EventCount;
        if (follows) AddRow(at, entry, state);
        else Fold(entry, state);
    }

    private void AddRow(int at, Entry entry, CustomerState state)
    {
        var row = _batch.Rows++;
        entry.Row = row;
        _rows[row] = (at, state.Scores, state.LastSeen);
        FeatureExtractor.Token(state, _batch.TokenRow(row), _batch.IdRow(row));
        FeatureExtractor.Profile(state, state.LastSeen, _batch.ProfileRow(row));
        entry.Recurrent.CopyTo(_batch.StateInRow(row));
        if (_batch.Rows == _batch.RowsMax) Run();
    }

    private void Run()
    {
        if (_batch.Rows == 0) return;
        var started = time.GetTimestamp();
        var isScored = _lease!.Step(_batch) == ScoreOutcome.Scored;
        for (var row = 0; row < _batch.Rows; row++)
        {
            var (at, serving, scoredAt) = _rows[row];
            var entry = _entries[at];
            entry.Row = NoRow;
            _batch.StateOutRow(row).CopyTo(entry.Recurrent);
            Note(entry, isScored, _batch.Scores(row), serving, scoredAt);
        }

        _batch.Rows = 0;
        _credit -= time.GetTimestamp() - started;
    }

    private void Fold(Entry entry, CustomerState state)
    {
        var started = time.GetTimestamp();
        _fold.Length = FeatureExtractor.LastTokens(state, _fold.Tokens, _fold.Ids);
        FeatureExtractor.Profile(state, state.LastSeen, _fold.Profile);
        var isScored = _lease!.Fold(_fold) == ScoreOutcome.Scored;
        _fold.StateOut.CopyTo(entry.Recurrent, 0);
        Note(entry, isScored, _fold.Scores, state.Scores, state.LastSeen);
        _credit -= time.GetTimestamp() - started;
    }

    private void Note(Entry entry, bool isScored, HeadScores shadow, HeadScores serving, Instant at)
    {
        if (!isScored)
        {
            // No event follows this number: the next one is folded.
            entry.EventCount = 0;
            _tally!.Fail(1);
            return;
        }

        _tally!.Add(shadow, serving);
        watch.Shadow(entry.Hash, at, _stamp, shadow);
        counters.ScoresShadow++;
    }

    /// <summary>A free entry; when the table is full, that of the customer who came into it first.</summary>
    private int NewEntry(ulong hash)
    {
        var at = _entries.Count;
        if (at < options.ShadowCustomersMax)
        {
            _entries.Add(new Entry());
        }
        else
        {
            at = _nextOut;
            _nextOut = (_nextOut + 1) % options.ShadowCustomersMax;
            if (_entries[at].Row != NoRow) Run();
            _entryOf.Remove(_entries[at].Hash);
        }

        _entries[at].Hash = hash;
        _entries[at].EventCount = 0;
        Array.Clear(_entries[at].Recurrent);
        _entryOf[hash] = at;
        return at;
    }

    private sealed class Entry
    {
        public ulong Hash;
        public long EventCount;
        public int Row = NoRow;
        public readonly float[] Recurrent = new float[ModelContract.StateWidth];
    }
}
