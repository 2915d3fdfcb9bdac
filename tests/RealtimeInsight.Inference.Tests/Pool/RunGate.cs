using RealtimeInsight.Inference.Tests.Fakes;

namespace RealtimeInsight.Inference.Tests.Pool;

/// <summary>Holds a model's runs up until it is opened, and tells when one has arrived. Notes the rows of each run.</summary>
public sealed class RunGate : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _passes = new(0);
    private readonly LinearModelRunner _runner;

    public RunGate(LinearModelRunner runner)
    {
        _runner = runner;
        runner.OnRun = rows =>
        {
            lock (Runs)
            {
                Runs.Add(rows);
            }

            _arrived.Release();
            if (!_passes.Wait(PoolFixture.Patience))
            {
                throw new TimeoutException("The test never let this run pass.");
            }
        };
    }

    public List<int> Runs { get; } = [];

    public async Task ArrivedAsync()
    {
        if (!await _arrived.WaitAsync(PoolFixture.Patience))
        {
            throw new TimeoutException("No run arrived at the model.");
        }
    }

    public void Pass(int runs = 1) => _passes.Release(runs);

    public void Open()
    {
        _runner.OnRun = null;
        _passes.Release(1000);
    }

    public void Dispose()
    {
        Open();
        _arrived.Dispose();
    }
}
