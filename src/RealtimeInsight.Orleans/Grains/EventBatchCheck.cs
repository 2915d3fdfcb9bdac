using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>Refuses what a caller may not send, and makes events of the calls that are not events yet.</summary>
internal static class EventBatchCheck
{
    private const int ProductsMax = 200;
    private const int ConsentsMax = 32;
    private const int OrderIdLengthMax = 90;

    /// <exception cref="ContractVersionException">The version is not read here.</exception>
    /// <exception cref="ArgumentException">The batch breaks a rule; the message names no customer.</exception>
    public static void Require(EventBatch batch, CustomerId customer, int eventsMax)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ContractVersion.Check(batch.Version, "the event batch");
        var events = batch.Events;
        if (events.Length > eventsMax)
        {
            throw new ArgumentException(
                $"the batch has {events.Length} events, at most {eventsMax} are allowed; "
                + "send smaller batches", nameof(batch));
        }

        for (var i = 0; i < events.Length; i++)
        {
            if (events[i].Customer == customer) continue;
            throw new ArgumentException(
                $"event {i} is of another customer than the grain; "
                + "send it to the grain of its own customer", nameof(batch));
        }

        if ((batch.Partition is null) != (batch.Offsets is null) || (batch.Offsets is { } offsets && offsets.Length != events.Length))
        {
            throw new ArgumentException(
                $"the batch has {events.Length} events and {batch.Offsets?.Length ?? 0} offsets, "
                + "a batch of a partition needs one for each; "
                + "send both, or neither partition nor offsets", nameof(batch));
        }
    }

    /// <exception cref="ContractVersionException">The version is not read here.</exception>
    /// <exception cref="ArgumentException">The order breaks a rule.</exception>
    public static CustomerEvent EventOf(OrderPlaced order, CustomerId customer, Instant now)
    {
        ArgumentNullException.ThrowIfNull(order);
        ContractVersion.Check(order.Version, "the order");
        if (order.OrderId is not { Length: > 0 and <= OrderIdLengthMax })
        {
            throw new ArgumentException(
                $"the order id has {order.OrderId?.Length ?? 0} characters, 1 to {OrderIdLengthMax} are allowed; "
                + "send the shop's order number", nameof(order));
        }

        if (order.Lines.Length > ProductsMax)
        {
            throw new ArgumentException(
                $"the order has {order.Lines.Length} lines, at most {ProductsMax} are allowed; "
                + "send the largest", nameof(order));
        }

        if (order.Total < 0m)
        {
            throw new ArgumentException(
                $"the total is {order.Total}, it must not be negative; "
                + "send refunds as events", nameof(order));
        }
        return new CustomerEvent
        {
            Id = EventId.Parse($"order:{order.OrderId}"),
            Kind = EventKind.OrderCompleted,
            Customer = customer,
            OccurredAt = Instant.Min(Instant.From(order.PlacedAt), now),
            IngestedAt = now,
            OrderId = order.OrderId,
            CartId = order.CartId,
            Value = order.Total,
            Currency = order.Currency?.ToUpperInvariant(),
            Products = [.. order.Lines.Select(Line)],
        };
    }

    /// <exception cref="ContractVersionException">The version is not read here.</exception>
    /// <exception cref="ArgumentException">The change breaks a rule.</exception>
    public static CustomerEvent EventOf(ConsentChange change, CustomerId customer, Instant now)
    {
        ArgumentNullException.ThrowIfNull(change);
        ContractVersion.Check(change.Version, "the consent change");
        if (change.Consents.Count is 0 or > ConsentsMax)
        {
            throw new ArgumentException(
                $"the change names {change.Consents.Count} consents, 1 to {ConsentsMax} are allowed; "
                + "send those that change", nameof(change));
        }

        return new CustomerEvent
        {
            Id = EventId.Parse(change.ChangeId),
            Kind = EventKind.ConsentChanged,
            Customer = customer,
            OccurredAt = Instant.Min(Instant.From(change.ChangedAt), now),
            IngestedAt = now,
            Consents = change.Consents,
        };
    }

    private static ProductLine Line(OrderLine line, int index)
    {
        if (string.IsNullOrEmpty(line.ProductId)) throw new ArgumentException($"line {index} has no product id; name the product");
        if (line.Quantity < 1)
        {
            throw new ArgumentException(
                $"line {index} has the quantity {line.Quantity}, at least 1 is needed; "
                + "leave the line out");
        }
        if (line.Price < 0m)
        {
            throw new ArgumentException(
                $"line {index} has the price {line.Price}, it must not be negative; "
                + "send the price of one piece");
        }
        return new ProductLine(line.ProductId, line.Category, line.Brand, line.Name, line.Price, line.Quantity);
    }
}
