using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;

namespace RealtimeInsight.Samples.OrderService;

/// <param name="CustomerId">The shop's id of the customer.</param>
public sealed record Order(string OrderId, string CustomerId, string Currency, IReadOnlyList<Item> Items);

public sealed record Item(string ProductId, int Quantity, decimal Price);

/// <param name="IsNew">False when the order was told before.</param>
public sealed record OrderAnswer(bool IsNew, IReadOnlyList<string> Segments);

/// <param name="HasFreeShipping">True where the cart is likely to be left without it.</param>
public sealed record CheckoutAnswer(bool HasFreeShipping, float? Abandonment);

/// <summary>What the service answers, from what the customer's own grain says at that moment.</summary>
internal static class OrderEndpoints
{
    private const float LikelyLeft = 0.6f;

    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/orders", PlaceAsync);
        routes.MapGet("/checkout/{customer}", CheckoutAsync);
    }

    /// <summary>The order id is the idempotency key: a repeated order has no effect.</summary>
    private static async Task<IResult> PlaceAsync(Order order, IClusterClient cluster, TimeProvider? time)
    {
        var customer = cluster.GetGrain<ICustomerGrain>(order.CustomerId);
        var outcome = await customer.OrderPlacedAsync(new OrderPlaced
        {
            OrderId = order.OrderId,
            PlacedAt = (time ?? TimeProvider.System).GetUtcNow(),
            Currency = order.Currency,
            Lines = [.. order.Items.Select(static item => new OrderLine(item.ProductId, item.Quantity, item.Price))],
        }).ConfigureAwait(false);
        var insight = await customer.GetInsightAsync().ConfigureAwait(false);
        return Results.Ok(new OrderAnswer(outcome == EventOutcome.Accepted, insight?.Segments ?? []));
    }

    private static async Task<IResult> CheckoutAsync(string customer, IClusterClient cluster)
    {
        var risk = await cluster.GetGrain<ICustomerGrain>(customer).GetCartRiskAsync().ConfigureAwait(false);
        return Results.Ok(new CheckoutAnswer(risk is { Abandonment: >= LikelyLeft, IsDegraded: false }, risk?.Abandonment));
    }
}
