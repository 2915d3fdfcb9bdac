using System.Globalization;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// Puts many customers with open carts into a store, as saved states and without log records: their events are applied by the state
/// machine here, not sent through an engine, so that a million are there in a minute.
/// </summary>
internal sealed class CustomerLoader(CustomerMachine machine, uint modelStamp)
{
    private const int StatesPerSegment = 256;
    private const int SegmentsPerCommit = 32;
    private readonly EffectBuffer _effects = new();

    /// <summary>A customer who looked at products and put one into the cart at <paramref name="at"/>.</summary>
    /// <param name="hasConsent">Granted consent to marketing.</param>
    public CustomerState WithCart(int number, Instant at, bool hasConsent = false)
    {
        var id = IdOf(number);
        var state = new CustomerState(id);
        Apply(state, Event(id, 0, EventKind.ListViewed, at - TimeSpan.FromSeconds(60)));
        Apply(state, Event(id, 1, EventKind.ProductViewed, at - TimeSpan.FromSeconds(30)));
        if (hasConsent)
        {
            Apply(state, Event(id, 2, EventKind.ConsentChanged, at) with
            {
                Consents = new Dictionary<string, bool> { ["marketing"] = true },
            });
        }

        Apply(state, Event(id, 3, EventKind.CartAdded, at));
        var recurrent = state.Recurrent;
        for (var i = 0; i < recurrent.Length; i++) recurrent[i] = ((number + i) % 200 * 0.01f) - 1f;
        state.SetScores(new HeadScores(number % 97 / 97f, number % 89 / 89f, number % 83 / 83f), modelStamp, at);
        return state;
    }

    /// <summary>Fires what is due up to then, without anybody deciding about it.</summary>
    public void Advance(CustomerState state, Instant to)
    {
        _effects.Clear();
        machine.AdvanceTo(state, to, _effects);
    }

    /// <summary>Writes a store of its own into the folder.</summary>
    public void Load(string folder, int count, Func<int, CustomerState> make, Action<string> progress, CancellationToken cancellationToken)
    {
        using var store = new SqliteStore(new SqliteStoreOptions { DataDirectory = folder });
        var next = store.Open().NextSegment;
        var writers = Enumerable.Range(0, SegmentsPerCommit).Select(_ => new SegmentWriter(machine)).ToArray();
        var group = new CommitGroup();
        for (var made = 0; made < count;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            group.Clear();
            foreach (var writer in writers)
            {
                if (made == count) break;
                writer.Clear();
                for (var i = 0; i < StatesPerSegment && made < count; i++) writer.Add(make(made++));
                group.Segments.Add(writer.ToSegment(next++));
            }

            store.Commit(group);
            if (made % (StatesPerSegment * SegmentsPerCommit * 8) != 0) continue;
            progress($"made {BenchContext.Short(made)} of {BenchContext.Short(count)} customers");
        }
    }

    public static CustomerId IdOf(int number) =>
        CustomerId.FromUser(string.Create(CultureInfo.InvariantCulture, $"user-{number + 10_000_000}"));

    private static CustomerEvent Event(CustomerId id, int position, EventKind kind, Instant at)
    {
        var product = (int)(id.StableHash % 5000);
        return new CustomerEvent
        {
            Id = EventId.Parse(string.Create(CultureInfo.InvariantCulture, $"{id.Value}-{position}")),
            Kind = kind,
            Customer = id,
            OccurredAt = at,
            IngestedAt = at,
            Products = kind is EventKind.ProductViewed or EventKind.CartAdded
                ? [
                    new ProductLine(
                        string.Create(CultureInfo.InvariantCulture, $"sku-{product:00000}"),
                        string.Create(CultureInfo.InvariantCulture, $"category-{product % 40}"),
                        string.Create(CultureInfo.InvariantCulture, $"brand-{product % 150}"), null, 9.99m + (product % 90)),
                ]
                : [],
            Currency = "EUR",
        };
    }

    private void Apply(CustomerState state, CustomerEvent item)
    {
        _effects.Clear();
        machine.Apply(state, item, _effects);
    }
}
