using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.Storage;
using RealtimeInsight.TestKit.Storage;

namespace RealtimeInsight.Simulation.Tests.Storage;

public sealed class InMemoryStoreTests : EngineStoreConformance, IDisposable
{
    private readonly InMemoryStore _store = new();

    public void Dispose() => _store.Dispose();

    protected override IEngineStore Reopen() => _store;
}
