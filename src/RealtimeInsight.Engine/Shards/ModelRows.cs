using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Inference;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// The rows of one model in a turn: customers' newest events go in, scores and recurrent states come out. Reuses its buffers.
/// </summary>
internal sealed class ModelRows(int rowsMax)
{
    private readonly ScoreBatch _batch = new(rowsMax);
    private IDisposable? _foldState;
    private IModelLease? _lease;

    /// <summary>Stamp of the model of this turn; 0 without one.</summary>
    public uint Stamp { get; private set; }

    /// <summary>Whether the last <see cref="Step"/> scored its rows.</summary>
    public bool IsScored { get; private set; }

    public ModelIdentity? Model => _lease?.Model;

    /// <summary>Takes a lease for a turn; it stays the caller's to dispose.</summary>
    public void Begin(IModelLease lease)
    {
        _lease = lease;
        Stamp = lease.Model?.Stamp ?? 0;
    }

    public void End()
    {
        _lease = null;
        _batch.Rows = 0;
    }

    /// <summary>Takes a state whose newest event is to be scored into the next row, and says which.</summary>
    public int Add(CustomerState state)
    {
        var row = _batch.Rows++;
        FeatureExtractor.Token(state, _batch.TokenRow(row), _batch.IdRow(row));
        FeatureExtractor.Profile(state, state.LastSeen, _batch.ProfileRow(row));
        state.Recurrent.CopyTo(_batch.StateInRow(row));
        return row;
    }

    /// <summary>Runs the rows taken in; they can be taken out until the next is added.</summary>
    public void Step()
    {
        IsScored = _batch.Rows > 0 && _lease!.Step(_batch) == ScoreOutcome.Scored;
        _batch.Rows = 0;
    }

    public void Take(int row, CustomerState state)
    {
        _batch.StateOutRow(row).CopyTo(state.Recurrent);
        state.SetScores(_batch.Scores(row), Stamp, state.LastSeen);
    }

    /// <summary>Runs a sequence that ends with the state's newest event; false when it could not be scored.</summary>
    public bool TryFold(FoldRequest sequence, CustomerState state)
    {
        if (Stamp == 0) return false;
        FeatureExtractor.Profile(state, state.LastSeen, sequence.Profile);
        Array.Clear(sequence.StateIn);

        // Each model keeps its own bindings to the shared request.
        sequence.RunnerState = _foldState;
        var outcome = _lease!.Fold(sequence);
        _foldState = sequence.RunnerState;
        if (outcome != ScoreOutcome.Scored) return false;
        sequence.StateOut.CopyTo(state.Recurrent);
        state.SetScores(sequence.Scores, Stamp, state.LastSeen);
        return true;
    }
}
