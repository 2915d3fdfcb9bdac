using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Watching;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Runs the model for the customers of a turn: one step a row, or a fold where the recurrent state is of no use. Customers in a
/// challenger's share are scored by it alone, so that a customer has one recurrent state; where it fails the champion takes over.
/// Without challenger and shadow they cost a test of a reference each. Reuses its buffers.
/// </summary>
internal sealed class TurnScorer(IScorer scorer, EngineOptions options, ShardCounters counters, TimeProvider time, OutcomeWatch watch)
{
    private readonly ModelRows _champion = new(options.ModelRowsMax);
    private readonly FoldRequest _fold = new(Math.Max(options.RefoldEventsMax + 1, CustomerOptions.LastEventsMaxLimit));
    private readonly Dictionary<uint, string> _names = [];
    private IModelLease? _lease;
    private CustomerShare _share;

    /// <summary>Null in a turn without one.</summary>
    private ModelRows? _challenger;
    private ModelRows? _challengerKept;
    private ShadowScorer? _shadow;
    private ShadowScorer? _shadowKept;
    private (ModelRows Rows, int Row)[] _places = [];

    public int RowsMax => options.ModelRowsMax;

    public int Rows { get; private set; }

    /// <summary>Stamp of the champion of this turn; 0 without one.</summary>
    public uint Stamp => _champion.Stamp;

    /// <summary>Follows the scores made.</summary>
    public OutcomeWatch Watch => watch;

    /// <summary>Room for the tokens of a history to be folded.</summary>
    public FoldRequest Sequence => _fold;

    /// <param name="hasShadow">Whether this turn is live: a shadow sees what happens now, not what is replayed.</param>
    public void Begin(bool hasShadow = false)
    {
        _lease = scorer.Lease();
        _champion.Begin(_lease);
        Name(_lease);
        if (_lease.Challenger is { Model: not null } challenger) BeginChallenger(challenger);
        if (hasShadow && _lease.Shadow is { Model: not null } shadow && _lease.ShadowTally is { } tally)
        {
            _shadow = _shadowKept ??= new ShadowScorer(options, time, counters, watch);
            _shadow.Begin(shadow, tally);
            Name(shadow);
        }
    }

    public void End()
    {
        _shadow?.End();
        _shadow = null;
        _challenger?.End();
        _challenger = null;
        _champion.End();
        _lease?.Dispose();
        _lease = null;
        Rows = 0;
    }

    /// <summary>The model that made the state's scores; null when there is none or it is not known any more.</summary>
    public string? NameOf(uint stamp) => _names.GetValueOrDefault(stamp) ?? scorer.NameOf(stamp);

    /// <summary>Stamp of the model that scores this customer in this turn; 0 without one.</summary>
    public uint StampFor(CustomerState state) => ModelFor(state).Stamp;

    /// <summary>Takes a state whose newest event is to be scored into the next row.</summary>
    public void AddRow(CustomerState state)
    {
        var rows = ModelFor(state);
        var row = rows.Add(state);
        if (_challenger is not null) _places[Rows] = (rows, row);
        Rows++;
    }

    /// <summary>Runs the rows taken in; each is to be settled then, before the next is added.</summary>
    public void Step()
    {
        if (Rows == 0) return;
        _champion.Step();
        _challenger?.Step();
        Rows = 0;
    }

    /// <summary>Gives a row's result to its state: scores, or that they are degraded.</summary>
    public void Settle(int row, CustomerState state)
    {
        var rows = _champion;
        if (_challenger is not null) (rows, row) = _places[row];
        if (rows.IsScored)
        {
            rows.Take(row, state);
            Scored(state, isStep: true);
        }
        else if (rows != _champion)
        {
            FoldKept(_champion, state);
        }
        else
        {
            Miss(state);
        }
    }

    public void Miss(CustomerState state)
    {
        state.MarkDegraded();
        counters.ScoresDegraded++;
    }

    /// <summary>Makes the recurrent state anew from the kept last events.</summary>
    public void FoldKept(CustomerState state) => FoldKept(ModelFor(state), state);

    /// <summary>Makes the recurrent state anew from <see cref="Sequence"/>, which ends with the state's newest event.</summary>
    public void FoldSequence(CustomerState state) => FoldSequence(ModelFor(state), state);

    private void BeginChallenger(IModelLease challenger)
    {
        _challenger = _challengerKept ??= new ModelRows(options.ModelRowsMax);
        _challenger.Begin(challenger);
        _share = _lease!.ChallengerShare;
        if (_places.Length == 0) _places = new (ModelRows, int)[options.ModelRowsMax];
        Name(challenger);
    }

    private void Name(IModelLease lease)
    {
        if (lease.Model is not { } model || _names.ContainsKey(model.Stamp)) return;
        _names[model.Stamp] = model.ToString();
        watch.Know(model, lease.Manifest);
    }

    private ModelRows ModelFor(CustomerState state) =>
        _challenger is not null && _share.Has(state.Id.StableHash) ? _challenger : _champion;

    private void FoldKept(ModelRows rows, CustomerState state)
    {
        var events = CustomerOptions.LastEventsMaxLimit;
        _fold.Length = FeatureExtractor.LastTokens(
            state, _fold.Tokens.AsSpan(0, events * ModelContract.TokenFeatures), _fold.Ids.AsSpan(0, events * ModelContract.TokenIds));
        FoldSequence(rows, state);
    }

    private void FoldSequence(ModelRows rows, CustomerState state)
    {
        counters.Folds++;
        if (rows.TryFold(_fold, state) || (rows != _champion && _champion.TryFold(_fold, state))) Scored(state, isStep: false);
        else Miss(state);
    }

    private void Scored(CustomerState state, bool isStep)
    {
        counters.Scores++;
        if (_challenger is { } challenger && state.ModelStamp == challenger.Stamp) counters.ScoresChallenger++;
        _shadow?.Add(state, isStep);
    }
}
