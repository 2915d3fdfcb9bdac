using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using EventId = RealtimeInsight.Domain.Events.EventId;

namespace RealtimeInsight.Host.Intake;

/// <summary>The fields of an event while it is read, so that the event itself is made once.</summary>
internal struct EventDraft
{
    public EventId Id;
    public EventKind Kind;
    public CustomerId Customer;
    public CustomerId? Visitor;
    public Instant OccurredAt;
    public Instant IngestedAt;
    public string? CustomName;
    public IReadOnlyList<ProductLine>? Products;
    public string? CartId;
    public string? OrderId;
    public string? CheckoutId;
    public decimal? Value;
    public string? Currency;
    public string? Subject;
    public string? Text;
    public double? Rating;
    public string? DecisionId;
    public string? TimeZone;
    public IReadOnlyDictionary<string, string>? Traits;
    public IReadOnlyDictionary<string, bool>? Consents;
    public string? TraceParent;

    public readonly CustomerEvent ToEvent() => new()
    {
        Id = Id,
        Kind = Kind,
        Customer = Customer,
        Visitor = Visitor,
        OccurredAt = OccurredAt,
        IngestedAt = IngestedAt,
        CustomName = CustomName,
        Products = Products ?? [],
        CartId = CartId,
        OrderId = OrderId,
        CheckoutId = CheckoutId,
        Value = Value,
        Currency = Currency,
        Subject = Subject,
        Text = Text,
        Rating = Rating,
        DecisionId = DecisionId,
        TimeZone = TimeZone,
        Traits = Traits,
        Consents = Consents,
        TraceParent = TraceParent,
    };
}
