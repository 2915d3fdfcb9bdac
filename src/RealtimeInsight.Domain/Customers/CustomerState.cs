using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Sessions;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// Everything that is known of one customer: one compact object, updated in place by <see cref="CustomerMachine"/> and by nothing
/// else. Bounded whatever the history. One writer at a time; not thread-safe. Its lists have their full length from their first entry on:
/// arrays that grow while a customer is active live long enough for the collector to copy them, over and over.
/// </summary>
public sealed class CustomerState(CustomerId id)
{
    public const int CartsMax = 4;
    public const int CategoriesMax = 8;
    public const int BrandsMax = 4;

    /// <summary>Cache lines that the object itself takes.</summary>
    internal const int OwnLines = 15;

    internal KindCounters KindCounts;
    internal DecayedRates RatesField;
    internal RecentEvents RecentField;
    internal EventIdWindow IdsField;
    internal AffinityList CategoriesField;
    internal AffinityList BrandsField;
    internal OrderHistory OrdersField;
    internal Session SessionField;
    private RecurrentValues _recurrent;
    private CartState _newestCart;

    public CustomerId Id { get; } = id;

    /// <summary>Log offset of the newest record applied; -1 before the first. Set by the engine.</summary>
    public long LastOffset { get; set; } = -1;

    public Instant FirstSeen { get; internal set; }

    /// <summary>Event time of the newest event.</summary>
    public Instant LastSeen { get; internal set; }

    /// <summary>Event time of the newest event that counts as activity.</summary>
    public Instant LastActivityAt { get; internal set; }

    /// <summary>Due time of the newest deadline that fired.</summary>
    public Instant LastDeadlineAt { get; internal set; }

    /// <summary>Nothing older than this can be applied in order any more.</summary>
    public Instant OrderedUpTo => Instant.Max(LastSeen, LastDeadlineAt);

    public long EventCount { get; internal set; }

    /// <summary>Dormancy levels reached since the last activity.</summary>
    public int DormancyLevel { get; internal set; }
    public int CartCount { get; internal set; }
    public float LastRating { get; internal set; }

    public ref readonly OrderHistory Orders => ref OrdersField;

    public ref readonly Session Session => ref SessionField;

    public ref readonly RecentEvents Recent => ref RecentField;

    public ref readonly EventIdWindow EventIds => ref IdsField;

    public ref readonly AffinityList Categories => ref CategoriesField;

    public ref readonly AffinityList Brands => ref BrandsField;

    /// <summary>Carts, oldest first, at most <see cref="CartsMax"/>; empty for most customers.</summary>
    public IReadOnlyList<Cart> Carts => (IReadOnlyList<Cart>?)CartList ?? [];

    /// <summary>Null for customers without a labelled text.</summary>
    public TextHistory? Texts { get; internal set; }

    /// <summary>Null for customers who told nothing.</summary>
    public Person? Person { get; internal set; }

    /// <summary>Null for customers without a decision.</summary>
    public DecisionLedger? Ledger { get; set; }

    /// <summary>Model that made <see cref="Recurrent"/>; 0 when it has to be folded from the kept events.</summary>
    public uint ModelStamp { get; private set; }
    public HeadScores Scores { get; private set; }

    /// <summary>No value before the first score.</summary>
    public Instant ScoredAt { get; private set; }

    /// <summary>True while the scores are older than the newest event because the model could not run.</summary>
    public bool ScoresDegraded { get; private set; }

    /// <summary>Asks for the object's own memory, see <see cref="CacheLines"/>.</summary>
    public void Prefetch() => CacheLines.Ask(this, OwnLines);

    /// <summary>Asks for the lists that every event uses; a while after <see cref="Prefetch"/>, which their addresses come from.</summary>
    public void PrefetchLists()
    {
        CacheLines.Ask(Id.Value, 1);
        IdsField.Prefetch();
        RecentField.Prefetch();
        CategoriesField.Prefetch();
        BrandsField.Prefetch();
    }

    internal List<Cart>? CartList { get; set; }

    /// <summary>Of the newest cart while it is open: its value and lines as the features take them, and when it was opened.</summary>
    internal (float Value, int Lines, Instant OpenedAt) CartFacts { get; private set; }

    /// <summary>True when the cart that changed last is in this state.</summary>
    internal bool NewestCartIs(CartState state) => _newestCart == state;

    /// <summary>Estimate of what the carts take, kept so that nobody has to walk them for it.</summary>
    internal int CartBytes { get; private set; }

    /// <summary>What the carts' states are, so that most questions need not look at the carts.</summary>
    internal CartsNoted CartsNoted { get; private set; }

    /// <summary>The recurrent state of the behaviour model, <see cref="ModelContract.StateWidth"/> values.</summary>
    public Span<float> Recurrent => _recurrent;

    /// <summary>True when the cart that changed last is open, at risk or recovered.</summary>
    public bool IsCartOpen => (CartsNoted & CartsNoted.NewestIsOpen) != 0;

    /// <summary>The cart that changed last; null before the first.</summary>
    public Cart? Cart => CartList is { Count: > 0 } carts ? carts[^1] : null;

    public uint CountOf(EventKind kind) => KindCounts[(int)kind];

    /// <summary>Rates decayed to <paramref name="asOf"/>: <see cref="DecayedRates.Length"/> values.</summary>
    public void ReadRates(Instant asOf, Span<float> destination) => RatesField.Read(asOf, destination);

    /// <summary>Notes the newest scores; the caller has already put the model's state into <see cref="Recurrent"/>.</summary>
    public void SetScores(HeadScores scores, uint modelStamp, Instant at)
    {
        Scores = scores;
        ModelStamp = modelStamp;
        ScoredAt = at;
        ScoresDegraded = false;
    }

    /// <summary>The newest event was not seen by the model: the scores are old and the recurrent state has to be folded again.</summary>
    public void MarkDegraded()
    {
        ScoresDegraded = true;
        ModelStamp = 0;
    }

    internal void RestoreScores(HeadScores scores, uint modelStamp, Instant at, bool isDegraded)
    {
        SetScores(scores, modelStamp, at);
        ScoresDegraded = isDegraded;
    }

    /// <summary>To be called after every change of a cart's state or of the list.</summary>
    internal void NoteCarts()
    {
        var noted = CartsNoted.None;
        if (CartList is null) return;
        CartBytes = StateFootprint.OfCarts(CartList);
        foreach (var cart in CartList)
        {
            noted &= ~CartsNoted.NewestIsOpen;
            if (CartStates.IsOpen(cart.State)) noted |= CartsNoted.NewestIsOpen;
            noted |= cart.State switch
            {
                CartState.Open => CartsNoted.Open,
                CartState.AtRisk => CartsNoted.AtRisk,
                CartState.Recovered => CartsNoted.Recovered,
                _ => CartsNoted.None,
            };
        }

        CartsNoted = noted;
        _newestCart = Cart?.State ?? CartState.None;
        CartFacts = IsCartOpen ? ((float)Math.Max(0m, Cart!.Value), Cart.Lines.Count, Cart.OpenedAt) : default;
    }

    internal Person EnsurePerson() => Person ??= new Person();

    [InlineArray(EventKinds.Count)]
    internal struct KindCounters
    {
        private uint _first;
    }

    [InlineArray(ModelContract.StateWidth)]
    private struct RecurrentValues
    {
        private float _first;
    }
}
