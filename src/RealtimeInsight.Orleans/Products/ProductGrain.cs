using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Products;

/// <summary>Counts, saved behind like a customer.</summary>
[GrainType("ri.product")]
internal sealed class ProductGrain(
    [PersistentState("product", SiloHosting.StorageName)] IPersistentState<ProductState> storage, CustomerCore core) : Grain, IProductGrain
{
    private const int CompanionsMax = 128;
    private const int CompanionsShown = 20;

    private IGrainTimer? _save;
    private bool _isDirty;

    /// <inheritdoc/>
    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _save?.Dispose();
        if (_isDirty) await SaveAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ProductReply?> GetAsync()
    {
        var state = storage.State;
        return Task.FromResult(state.LastSeen == default ? null : new ProductReply
        {
            LastSeen = state.LastSeen,
            Views = state.Views,
            CartAdds = state.CartAdds,
            Ordered = state.Ordered,
            Name = state.Name,
            Category = state.Category,
            Brand = state.Brand,
            Price = state.Price,
            Companions =
            [
                .. state.Companions.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key, StringComparer.Ordinal)
                    .Take(CompanionsShown).Select(static pair => new CompanionReply(pair.Key, pair.Value)),
            ],
        });
    }

    /// <inheritdoc/>
    public Task NoteAsync(ProductNotes notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        ContractVersion.Check(notes.Version, "the product notes");
        var state = storage.State;
        var isNewest = notes.SeenAt >= state.LastSeen;
        if (isNewest) state.LastSeen = notes.SeenAt;
        state.Views += notes.Views;
        state.CartAdds += notes.CartAdds;
        state.Ordered += notes.Ordered;
        state.Name = Newest(state.Name, notes.Name, isNewest);
        state.Category = Newest(state.Category, notes.Category, isNewest);
        state.Brand = Newest(state.Brand, notes.Brand, isNewest);
        if (notes.Price is { } price && (isNewest || state.Price is null)) state.Price = price;
        foreach (var (product, count) in notes.Companions)
        {
            state.Companions[product] = state.Companions.GetValueOrDefault(product) + count;
        }

        Forget(state.Companions);
        if (!_isDirty) ArmSave(core.Options.SaveAgeMax);
        _isDirty = true;
        return Task.CompletedTask;
    }

    private static string? Newest(string? known, string? noted, bool isNewest) => isNewest ? noted ?? known : known ?? noted;

    /// <summary>Half of the companions go when there are too many, the seldom ones.</summary>
    private static void Forget(Dictionary<string, long> companions)
    {
        if (companions.Count <= CompanionsMax) return;
        foreach (var (product, _) in companions.OrderBy(static pair => pair.Value).Take(CompanionsMax / 2).ToList())
        {
            companions.Remove(product);
        }
    }

    private void ArmSave(TimeSpan wait)
    {
        _save ??= this.RegisterGrainTimer(OnSaveAsync, new GrainTimerCreationOptions
        {
            DueTime = Timeout.InfiniteTimeSpan, Period = Timeout.InfiniteTimeSpan,
        });
        _save.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private async Task OnSaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GrainLog.ProductNotSaved(core.Logger, core.Options.SaveRetryWait, exception);
            ArmSave(core.Options.SaveRetryWait);
        }
    }

    private async Task SaveAsync(CancellationToken cancellationToken)
    {
        await storage.WriteStateAsync(cancellationToken);
        _isDirty = false;
    }
}

/// <summary>What is stored of a product.</summary>
[GenerateSerializer, Alias("ri.product-state")]
internal sealed class ProductState
{
    [Id(0)]
    public DateTimeOffset LastSeen { get; set; }

    [Id(1)]
    public long Views { get; set; }

    [Id(2)]
    public long CartAdds { get; set; }

    [Id(3)]
    public long Ordered { get; set; }

    [Id(4)]
    public string? Name { get; set; }

    [Id(5)]
    public string? Category { get; set; }

    [Id(6)]
    public string? Brand { get; set; }

    [Id(7)]
    public decimal? Price { get; set; }

    [Id(8)]
    public Dictionary<string, long> Companions { get; set; } = [];
}
