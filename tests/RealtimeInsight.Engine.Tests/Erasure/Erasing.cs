using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Engine.Tests.Embedded;
using RealtimeInsight.Simulation.Storage;

namespace RealtimeInsight.Engine.Tests.Erasure;

/// <summary>Erases with a virtual clock.</summary>
internal static class Erasing
{
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The clock moves on once the customer is gone: nothing of its own becomes due before.</summary>
    public static async Task<ErasureResult?> EraseAsync(this EngineHarness engine, CustomerId customer)
    {
        var store = (InMemoryStore)engine.Store;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Committed = group =>
        {
            if (group.Controls.OfType<EraseRow>().Any(row => row.Hash == customer.StableHash)) gone.TrySetResult();
        };
        var erasing = engine.Engine.EraseAsync(customer, CancellationToken.None).AsTask();
        await Task.WhenAny(erasing, gone.Task).WaitAsync(Patience);
        store.Committed = null;
        await engine.AdvanceUntilErasedAsync(erasing);
        return await erasing;
    }

    /// <summary>Moves the clock in steps, so that customers are saved; all that one step brings is committed before the next.</summary>
    public static async Task AdvanceUntilErasedAsync(this EngineHarness engine, Task erased)
    {
        for (var step = 0; step < 10_000 && !erased.IsCompleted; step++) await engine.AdvanceAsync(TimeSpan.FromSeconds(5));
        await erased.WaitAsync(Patience);
    }
}
