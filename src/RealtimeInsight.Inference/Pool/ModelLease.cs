using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Pool;

/// <summary>A lease as the pool hands it out and takes it back, to be handed out again.</summary>
internal sealed class ModelLease(InferencePool pool) : IModelLease
{
    private ServingModel? _serving;
    private ModelLease? _challenger;
    private ModelLease? _shadow;
    private bool _isOpen;

    public ModelIdentity? Model { get; private set; }

    public ModelManifest? Manifest => _serving?.Manifest;

    public IModelLease? Challenger => _challenger;

    public CustomerShare ChallengerShare { get; private set; }

    public IModelLease? Shadow => _shadow;

    public ShadowTally? ShadowTally { get; private set; }

    /// <param name="serving">Acquired for this lease, or null when none is usable.</param>
    public void Open(ServingModel? serving)
    {
        _serving = serving;
        Model = serving?.Identity;
        _isOpen = true;
    }

    /// <param name="challenger">An open lease that ends with this one.</param>
    public void Attach(ModelLease challenger, CustomerShare share)
    {
        _challenger = challenger;
        ChallengerShare = share;
    }

    /// <param name="shadow">An open lease that ends with this one.</param>
    public void Attach(ModelLease shadow, ShadowTally tally)
    {
        _shadow = shadow;
        ShadowTally = tally;
    }

    public ScoreOutcome Step(ScoreBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfNegative(batch.Rows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Rows, batch.RowsMax);
        ObjectDisposedException.ThrowIf(!_isOpen, this);
        return pool.Step(_serving, batch);
    }

    public ScoreOutcome Fold(FoldRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfNegative(request.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, request.LengthMax);
        ObjectDisposedException.ThrowIf(!_isOpen, this);
        return pool.Fold(_serving, request);
    }

    public void Dispose()
    {
        if (!_isOpen)
        {
            return;
        }

        _isOpen = false;
        var serving = _serving;
        _serving = null;
        Model = null;
        _challenger?.Dispose();
        _challenger = null;
        _shadow?.Dispose();
        _shadow = null;
        ShadowTally = null;
        serving?.Release();
        pool.Return(this);
    }
}
