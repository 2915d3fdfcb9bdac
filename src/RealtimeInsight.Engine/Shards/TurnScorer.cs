using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Runs the model for the customers of a turn: one step a row, or a fold where the recurrent state is of no use. Reuses its buffers.
/// </summary>
internal sealed class TurnScorer(IScorer scorer, int rowsMax, int foldEventsMax, ShardCounters counters)
{
    private readonly ScoreBatch _batch = new(rowsMax);
    private readonly FoldRequest _fold = new(Math.Max(foldEventsMax + 1, CustomerOptions.LastEventsMaxLimit));
    private readonly Dictionary<uint, string> _names = [];
    private IModelLease? _lease;

    public int RowsMax => _batch.RowsMax;

    public int Rows => _batch.Rows;

    /// <summary>Stamp of the model of this turn; 0 without one.</summary>
    public uint Stamp { get; private set; }

    /// <summary>Room for the tokens of a history to be folded.</summary>
    public FoldRequest Sequence => _fold;

    public void Begin()
    {
        _lease = scorer.Lease();
        Stamp = _lease.Model?.Stamp ?? 0;
        if (_lease.Model is { } model && !_names.ContainsKey(model.Stamp)) _names[model.Stamp] = model.ToString();
    }

    public void End()
    {
        _lease?.Dispose();
        _lease = null;
        _batch.Rows = 0;
    }

    /// <summary>The model that made the state's scores; null when there is none or it served before this start.</summary>
    public string? NameOf(uint stamp) => _names.GetValueOrDefault(stamp);

    /// <summary>Takes a state whose newest event is to be scored into the next row.</summary>
    public void AddRow(CustomerState state)
    {
        var row = _batch.Rows++;
        FeatureExtractor.Token(state, _batch.TokenRow(row), _batch.IdRow(row));
        FeatureExtractor.Profile(state, state.LastSeen, _batch.ProfileRow(row));
        state.Recurrent.CopyTo(_batch.StateInRow(row));
    }

    /// <summary>Runs the rows taken in; true when they are scored.</summary>
    public bool Step() => _batch.Rows > 0 && _lease!.Step(_batch) == ScoreOutcome.Scored;

    public void Take(int row, CustomerState state)
    {
        _batch.StateOutRow(row).CopyTo(state.Recurrent);
        state.SetScores(_batch.Scores(row), Stamp, state.LastSeen);
        counters.Scores++;
    }

    /// <summary>All rows are dealt with.</summary>
    public void Clear() => _batch.Rows = 0;

    public void Miss(CustomerState state)
    {
        state.MarkDegraded();
        counters.ScoresDegraded++;
    }

    /// <summary>Makes the recurrent state anew from the kept last events.</summary>
    public void FoldKept(CustomerState state)
    {
        var events = CustomerOptions.LastEventsMaxLimit;
        _fold.Length = FeatureExtractor.LastTokens(
            state, _fold.Tokens.AsSpan(0, events * ModelContract.TokenFeatures), _fold.Ids.AsSpan(0, events * ModelContract.TokenIds));
        FoldSequence(state);
    }

    /// <summary>Makes the recurrent state anew from <see cref="Sequence"/>, which ends with the state's newest event.</summary>
    public void FoldSequence(CustomerState state)
    {
        FeatureExtractor.Profile(state, state.LastSeen, _fold.Profile);
        Array.Clear(_fold.StateIn);
        counters.Folds++;
        if (Stamp == 0 || _lease!.Fold(_fold) != ScoreOutcome.Scored)
        {
            Miss(state);
            return;
        }

        _fold.StateOut.CopyTo(state.Recurrent);
        state.SetScores(_fold.Scores, Stamp, state.LastSeen);
        counters.Scores++;
    }

    /// <summary>Adds the state's newest event to <see cref="Sequence"/>.</summary>
    public void AddToSequence(CustomerState state)
    {
        var at = _fold.Length++;
        FeatureExtractor.Token(
            state,
            _fold.Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures),
            _fold.Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds));
    }
}
