using RealtimeInsight.Domain.Events;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Orleans.Products;

/// <summary>
/// Gathers what this silo's customers do with products and tells the products' grains every second: one call for each product seen, not one
/// an event. What was gathered is lost when the silo is killed. Thread-safe.
/// </summary>
internal sealed class ProductFeed(IGrainFactory grains, CustomerGrainOptions options, TimeProvider time, ILogger logger) : SiloLoop(time)
{
    private const int CallsMax = 32;
    private readonly Lock _gate = new();
    private Dictionary<string, Tally> _tallies = new(StringComparer.Ordinal);
    private long _dropped;

    /// <summary>Counts an event that was applied.</summary>
    /// <param name="before">The product of the customer's event before, in the same session; null without one.</param>
    public void Note(CustomerEvent item, string? before)
    {
        lock (_gate)
        {
            foreach (var line in item.Products) TallyOf(line.ProductId)?.Add(item, line);
            if (before is null || item.Products.Count == 0 || item.Products[0].ProductId == before) return;
            TallyOf(before)?.Companion(item.Products[0].ProductId);
            TallyOf(item.Products[0].ProductId)?.Companion(before);
        }
    }

    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, Tally> tallies;
        long dropped;
        lock (_gate)
        {
            (tallies, _tallies) = (_tallies, new Dictionary<string, Tally>(StringComparer.Ordinal));
            (dropped, _dropped) = (_dropped, 0);
        }

        if (dropped > 0) GrainLog.ProductsDropped(logger, dropped, options.ProductsPendingMax);
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tallies, limits, async (pair, _) =>
        {
            try
            {
                await grains.GetGrain<IProductGrain>(pair.Key).NoteAsync(pair.Value.Notes()).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                GrainLog.ProductNotTold(logger, exception);
            }
        }).ConfigureAwait(false);
    }

    /// <summary>Tells the rest.</summary>
    protected override Task FinishAsync(CancellationToken cancellationToken) => RunOnceAsync(cancellationToken);

    private Tally? TallyOf(string product)
    {
        if (_tallies.TryGetValue(product, out var tally)) return tally;
        if (_tallies.Count < options.ProductsPendingMax) return _tallies[product] = new Tally();
        _dropped++;
        return null;
    }

    private sealed class Tally
    {
        private readonly Dictionary<string, int> _companions = new(StringComparer.Ordinal);
        private ProductNotes _notes = new() { SeenAt = DateTimeOffset.UnixEpoch };

        public void Add(CustomerEvent item, ProductLine line)
        {
            var at = item.OccurredAt.ToDateTimeOffset();
            _notes = _notes with
            {
                SeenAt = at > _notes.SeenAt ? at : _notes.SeenAt,
                Views = _notes.Views + (item.Kind == EventKind.ProductViewed ? 1 : 0),
                CartAdds = _notes.CartAdds + (item.Kind == EventKind.CartAdded ? 1 : 0),
                Ordered = _notes.Ordered + (item.Kind == EventKind.OrderCompleted ? line.Quantity : 0),
                Name = line.Name ?? _notes.Name,
                Category = line.Category ?? _notes.Category,
                Brand = line.Brand ?? _notes.Brand,
                Price = line.Price ?? _notes.Price,
            };
        }

        public void Companion(string product) => _companions[product] = _companions.GetValueOrDefault(product) + 1;

        public ProductNotes Notes() => _notes with { Companions = _companions };
    }
}
