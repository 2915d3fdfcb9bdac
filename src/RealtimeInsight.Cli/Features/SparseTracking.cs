using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Cli.Features;

/// <summary>
/// A stream as a shop with little tracking would send it: views, additions and order lines of visitors it does not know, without
/// prices, names, carts or totals. A model that has only seen complete events is lost in such a shop.
/// </summary>
public static class SparseTracking
{
    /// <param name="events">The complete stream.</param>
    /// <param name="personOf">What a visitor's id and the id of the customer they become have in common.</param>
    public static IEnumerable<CustomerEvent> Of(IEnumerable<CustomerEvent> events, Func<CustomerId, string> personOf)
    {
        ArgumentNullException.ThrowIfNull(events);
        ArgumentNullException.ThrowIfNull(personOf);
        foreach (var customerEvent in events)
        {
            if (customerEvent.Kind is not (EventKind.ProductViewed or EventKind.CartAdded or EventKind.OrderCompleted)) continue;
            var visitor = CustomerId.FromVisitor(personOf(customerEvent.Customer));
            for (var line = 0; line < customerEvent.Products.Count; line++)
            {
                var product = customerEvent.Products[line];
                yield return new CustomerEvent
                {
                    Id = line == 0 ? customerEvent.Id : EventId.Parse($"{customerEvent.Id}/{line}"),
                    Kind = customerEvent.Kind,
                    Customer = visitor,
                    OccurredAt = customerEvent.OccurredAt,
                    IngestedAt = customerEvent.IngestedAt,
                    OrderId = customerEvent.OrderId,
                    Products = [new ProductLine(product.ProductId, product.Category, Quantity: product.Quantity)],
                };
            }
        }
    }
}
