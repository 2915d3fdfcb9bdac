using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Events;

/// <summary>
/// One immutable fact about a customer or visitor, in canonical form: what every intake produces, the log keeps and the
/// customer's state machine consumes. Already validated; a field that a kind does not use is null.
/// </summary>
public sealed record CustomerEvent
{
    /// <summary>Keeps sums over a history within what a decimal holds.</summary>
    public const decimal AmountMax = 1_000_000m * ProductLine.PriceMax;

    /// <summary>
    /// <see cref="Subject"/> of an <see cref="EventKind.Identified"/> event that says outright that <see cref="Visitor"/> is the customer.
    /// </summary>
    public const string AliasSubject = "alias";

    public required EventId Id { get; init; }

    public required EventKind Kind { get; init; }

    /// <summary>The actor this event belongs to: the user where known, else the visitor.</summary>
    public required CustomerId Customer { get; init; }

    /// <summary>The visitor id sent beside a user id: the two are one person from now on. Null when only one id was sent.</summary>
    public CustomerId? Visitor { get; init; }

    /// <summary>When it happened (event time), after the clock-skew correction.</summary>
    public required Instant OccurredAt { get; init; }

    /// <summary>When the intake received it.</summary>
    public required Instant IngestedAt { get; init; }

    /// <summary>Name of a <see cref="EventKind.Custom"/> event, at most 200 characters.</summary>
    public string? CustomName { get; init; }

    /// <summary>Products in the event, at most 200; empty for kinds without any.</summary>
    public IReadOnlyList<ProductLine> Products { get; init; } = [];

    public string? CartId { get; init; }

    public string? OrderId { get; init; }

    public string? CheckoutId { get; init; }

    /// <summary>Money in the event: order total, cart value; in units of <see cref="Currency"/>. Never negative.</summary>
    public decimal? Value { get; init; }

    /// <summary>ISO 4217 code, upper case.</summary>
    public string? Currency { get; init; }

    /// <summary>Search words, page path, list id, coupon code, campaign name, checkout step: the kind says which.</summary>
    public string? Subject { get; init; }

    /// <summary>Review body, service message, mention; at most 8,192 characters.</summary>
    public string? Text { get; init; }

    /// <summary>What <see cref="Text"/> says by the text model at the intake; null where it was not asked or did not answer.</summary>
    public TextLabels? Labels { get; init; }

    /// <summary>1 to 5, of a review.</summary>
    public double? Rating { get; init; }

    /// <summary>The decision that a shown, opened or clicked message came from.</summary>
    public string? DecisionId { get; init; }

    /// <summary>IANA time zone of the customer's device, e.g. <c>Europe/Berlin</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Traits of an identify call, flattened to text: at most 32 entries, 256 characters each.</summary>
    public IReadOnlyDictionary<string, string>? Traits { get; init; }

    /// <summary>Of <see cref="EventKind.ConsentChanged"/>: purpose or channel to granted (true) or withdrawn (false).</summary>
    public IReadOnlyDictionary<string, bool>? Consents { get; init; }

    /// <summary>W3C trace context of the call that brought the event.</summary>
    public string? TraceParent { get; init; }

    /// <summary><see cref="Value"/>, or the sum of the products where no value was sent; at most <see cref="AmountMax"/>.</summary>
    public decimal Amount
    {
        get
        {
            if (Value is { } value) return Math.Clamp(value, -AmountMax, AmountMax);
            var sum = 0m;
            for (var i = 0; i < Products.Count; i++) sum += Products[i].Value;
            return Math.Clamp(sum, -AmountMax, AmountMax);
        }
    }
}
