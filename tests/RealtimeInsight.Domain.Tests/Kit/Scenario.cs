using System.Globalization;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>
/// One customer who does what a script says. Commands are separated by <c>;</c>: <c>add a*2@9.50 cart=c1</c>, <c>remove a</c>,
/// <c>show a b</c>, <c>checkout</c>, <c>step</c>, <c>fail</c>, <c>coupon</c>, <c>browse</c>, <c>view a</c>,
/// <c>order a id=o1 value=20 cart=c1</c>, <c>identify</c>, <c>wait 20m</c>; any wire name of an event kind works as well.
/// </summary>
internal sealed class Scenario(CustomerOptions? options = null, CustomerId? customer = null)
{
    private static readonly Dictionary<string, EventKind> Words = Enum.GetValues<EventKind>()
        .ToDictionary(EventKinds.WireName, StringComparer.Ordinal)
        .Concat(new Dictionary<string, EventKind>
        {
            ["add"] = EventKind.CartAdded,
            ["remove"] = EventKind.CartRemoved,
            ["show"] = EventKind.CartViewed,
            ["checkout"] = EventKind.CheckoutStarted,
            ["step"] = EventKind.CheckoutStep,
            ["fail"] = EventKind.PaymentFailed,
            ["coupon"] = EventKind.CouponApplied,
            ["browse"] = EventKind.PageViewed,
            ["view"] = EventKind.ProductViewed,
            ["order"] = EventKind.OrderCompleted,
            ["identify"] = EventKind.Identified,
        })
        .ToDictionary(StringComparer.Ordinal);

    private int _events;

    public CustomerMachine Machine { get; } = new(options ?? new CustomerOptions());

    public CustomerState State { get; } = new(customer ?? Make.Ada);

    public EffectBuffer Effects { get; } = new();

    public Instant Now { get; private set; } = Make.Start;

    public CustomerEvent? LastEvent { get; private set; }

    /// <summary>Called after each event and each wait with the effects of that turn.</summary>
    public Action<Scenario, Effect[]>? AfterTurn { get; init; }

    public static Scenario Of(string script) => new Scenario().Do(script);

    public Scenario Do(string script)
    {
        foreach (var command in script.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words[0] == "wait") Wait(Make.Span(words[1]));
            else Apply(Read(words));
        }

        return this;
    }

    public Scenario Apply(CustomerEvent customerEvent)
    {
        LastEvent = customerEvent;
        Now = customerEvent.OccurredAt;
        Turn(() => Machine.Apply(State, customerEvent, Effects));
        return this;
    }

    /// <summary>Moves to a moment, deadline by deadline, as a live engine does.</summary>
    public Scenario WaitUntil(Instant until)
    {
        while (Machine.NextDeadline(State) is var due && due <= until)
        {
            Now = Instant.Max(Now, due);
            LastEvent = null;
            Turn(() => Machine.AdvanceTo(State, due, Effects));
        }

        Now = until;
        return this;
    }

    public Scenario Wait(TimeSpan span) => WaitUntil(Now + span);

    /// <summary>Cart effects so far: <c>cart_opened#1 cart_at_risk#1</c>.</summary>
    public string CartEffects => string.Join(' ', Effects.Span.ToArray()
        .Where(static effect => effect.After != CartState.None)
        .Select(static effect => $"{EffectKinds.WireName(effect.Kind)}#{effect.Number}"));

    /// <summary>All effects of some kinds, with the time since the start: <c>session_ended@30m</c>.</summary>
    public string EffectTimes(params EffectKind[] kinds) => string.Join(' ', Effects.Span.ToArray()
        .Where(effect => kinds.Contains(effect.Kind))
        .Select(static effect => $"{EffectKinds.WireName(effect.Kind)}#{effect.Number}@{Describe(effect.At - Make.Start)}"));

    /// <summary>Carts as they stand, oldest change first: <c>1:converted[b*1] 2:open[a*2]</c>.</summary>
    public string CartsNow => string.Join(' ', State.Carts.Select(static cart =>
        $"{cart.Number}:{CartStates.WireName(cart.State)}[{Describe(cart)}]"));

    private static string Describe(Cart cart) => string.Join(',', cart.Lines.Select(static line => $"{line.ProductId}*{line.Quantity}"));

    private static string Describe(TimeSpan span) =>
        span.TotalMilliseconds % 60_000 != 0 ? $"{span.TotalMilliseconds}ms" : $"{span.TotalMinutes}m";

    private void Turn(Action turn)
    {
        var before = Effects.Count;
        turn();
        AfterTurn?.Invoke(this, Effects.Span[before..].ToArray());
    }

    private CustomerEvent Read(string[] words)
    {
        var named = words.Skip(1).Where(static word => word.Contains('=', StringComparison.Ordinal))
            .ToDictionary(static word => word.Split('=')[0], static word => word.Split('=')[1]);
        var products = words.Skip(1).Where(static word => !word.Contains('=', StringComparison.Ordinal)).Select(Make.Product);
        return Make.Event(Words[words[0]], Now, $"e{++_events}", [.. products]) with
        {
            CartId = named.GetValueOrDefault("cart"),
            OrderId = named.GetValueOrDefault("id"),
            Currency = named.GetValueOrDefault("currency"),
            TimeZone = named.GetValueOrDefault("zone"),
            Value = named.TryGetValue("value", out var value) ? decimal.Parse(value, CultureInfo.InvariantCulture) : null,
            Rating = named.TryGetValue("rating", out var rating) ? double.Parse(rating, CultureInfo.InvariantCulture) : null,
            Labels = Labels(named),
            Consents = named.TryGetValue("grant", out var granted) ? new Dictionary<string, bool> { [granted] = true }
                : named.TryGetValue("withdraw", out var withdrawn) ? new Dictionary<string, bool> { [withdrawn] = false } : null,
            Customer = State.Id,
        };
    }

    private static TextLabels? Labels(Dictionary<string, string> named) => named.TryGetValue("sentiment", out var sentiment)
        ? new(float.Parse(sentiment, CultureInfo.InvariantCulture), TopicNames.Find(named.GetValueOrDefault("topic", "")))
        : null;
}
