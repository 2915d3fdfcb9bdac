using RealtimeInsight.Inference.Learning;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// A loaded model with its calibration and its health, counted by reference: the pool holds one reference while it is current and each
/// lease one, and the runner is disposed with the last.
/// </summary>
internal sealed class ServingModel
{
    private readonly IModelRunner _runner;
    private volatile Calibrator _calibrator;
    private int _references = 1;

    public ServingModel(IModelRunner runner, FailureBreaker breaker)
    {
        _runner = runner;
        _calibrator = new Calibrator(runner.Manifest.Calibration);
        Identity = ModelPackage.IdentityOf(runner.Manifest);
        Breaker = breaker;
    }

    public ModelIdentity Identity { get; }

    public ModelManifest Manifest => _runner.Manifest;

    public Accelerator Accelerator => _runner.Accelerator;

    public FailureBreaker Breaker { get; }

    /// <summary>From the next run on; a run under way goes on with what it has.</summary>
    public void Correct(HeadCorrections corrections) => _calibrator = new Calibrator(_runner.Manifest.Calibration, corrections);

    /// <summary>False when it has been retired and its last user has left.</summary>
    public bool TryAcquire()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return true;
            }

            references = seen;
        }

        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _runner.Dispose();
        }
    }

    /// <summary>Runs and calibrates; false when an output is not finite.</summary>
    public bool TryStep(ScoreBatch batch)
    {
        _runner.Step(batch);
        if (!ContractCheck.AreOutputsFinite(batch))
        {
            return false;
        }

        _calibrator.Apply(batch);
        return true;
    }

    /// <summary>Runs and calibrates; false when an output is not finite.</summary>
    public bool TryFold(FoldRequest request)
    {
        _runner.Fold(request);
        if (!ContractCheck.AreOutputsFinite(request))
        {
            return false;
        }

        request.Scores = _calibrator.Apply(request.Scores);
        return true;
    }
}
