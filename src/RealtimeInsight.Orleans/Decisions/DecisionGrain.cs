namespace RealtimeInsight.Orleans.Decisions;

/// <summary>One row for each decision, written once, before the customer who decided is saved, and cleared when that is erased.</summary>
[GrainType("ri.decision-owner"), CollectionAgeLimit(Minutes = 2)]
internal sealed class DecisionGrain(
    [PersistentState("decision", SiloHosting.StorageName)] IPersistentState<DecisionOwnerState> storage) : Grain, IDecisionGrain
{
    /// <inheritdoc/>
    public Task NoteAsync(string customer)
    {
        if (storage.RecordExists && storage.State.Customer == customer) return Task.CompletedTask;
        storage.State.Customer = customer;
        return storage.WriteStateAsync();
    }

    /// <inheritdoc/>
    public Task<string?> FindAsync() => Task.FromResult(storage.RecordExists ? storage.State.Customer : null);

    /// <inheritdoc/>
    public Task ForgetAsync() => storage.RecordExists ? storage.ClearStateAsync() : Task.CompletedTask;
}
