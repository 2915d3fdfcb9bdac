using System.Globalization;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Simulation.Plan;

/// <summary>
/// Customers' lives, each drawn from a stream of its own: visits with views, carts, payments that fail, orders, consents; sent late, out
/// of order, twice and in bursts.
/// </summary>
internal sealed class Workload(Shop shop)
{
    private static readonly EventKind[] s_kinds =
    [
        EventKind.ProductViewed, EventKind.ProductViewed, EventKind.ProductViewed, EventKind.CartAdded, EventKind.CartAdded,
        EventKind.CartRemoved, EventKind.Searched, EventKind.PageViewed, EventKind.PaymentFailed, EventKind.OrderCompleted,
        EventKind.MessageOpened, EventKind.ConsentChanged, EventKind.ReviewPosted,
    ];

    /// <summary>Everything that is sent under load, in order of time.</summary>
    public List<PlannedSend> Draw()
    {
        var options = shop.Options;
        var chosen = options.Events is { } names ? new HashSet<string>(names, StringComparer.Ordinal) : null;
        var sends = new List<PlannedSend>();
        foreach (var customer in options.Customers ?? [.. Enumerable.Range(0, shop.Customers)])
        {
            sends.AddRange(Life(customer).Where(send => chosen is null || chosen.Contains(send.Name)));
        }

        return [.. sends.OrderBy(static send => send.At).ThenBy(static send => send.Customer)];
    }

    /// <summary>The visit that each customer makes once everything works again.</summary>
    public static PlannedSend Last(int customer, TimeSpan at) =>
        new(at, $"c{customer}last", customer, Event(customer, "last", EventKind.PageViewed, at, null));

    public static CustomerId IdOf(int customer) => customer % 4 == 3
        ? CustomerId.FromVisitor($"visitor-{customer}")
        : CustomerId.FromUser($"customer-{customer}");

    private List<PlannedSend> Life(int customer)
    {
        var draw = new Draw(shop.Options.Seed, $"customer {customer}");
        var sends = new List<PlannedSend>();
        var end = TimeSpan.FromMinutes(shop.Options.Minutes);
        var taken = new HashSet<TimeSpan>();
        var number = 0;
        for (var at = draw.Wait(TimeSpan.FromMinutes(5)); at < end; at += draw.Wait(TimeSpan.FromMinutes(shop.VisitGapMinutes)))
        {
            var isBurst = draw.Chance(0.05);
            for (var left = isBurst ? draw.Whole(20, 60) : draw.Whole(1, 8); left > 0; left--)
            {
                at += isBurst
                    ? draw.Span(TimeSpan.Zero, TimeSpan.FromMilliseconds(80))
                    : draw.Span(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(50));
                while (!taken.Add(at)) at += TimeSpan.FromMilliseconds(1);
                var kind = isBurst ? EventKind.ProductViewed : draw.Pick<EventKind>(s_kinds);
                var item = Event(customer, number.ToString(CultureInfo.InvariantCulture), kind, at, draw);
                Send(draw, sends, new PlannedSend(at, $"c{customer}e{number++}", customer, item));
            }
        }

        return [.. sends.Where(send => send.Event.OccurredAt < Shop.Start + end)];
    }

    private void Send(Draw draw, List<PlannedSend> sends, PlannedSend send)
    {
        // Drawn in any case, so that the lives are the same for both clocks.
        var delay = draw.Span(TimeSpan.Zero, TimeSpan.FromSeconds(2));
        var isLate = draw.Chance(0.04);
        var late = draw.Span(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(draw.Chance(0.15) ? 45 : 8));
        var isTwice = draw.Chance(0.06);
        var again = draw.Span(TimeSpan.Zero, TimeSpan.FromMinutes(20));
        if (shop.IsEventTime) delay = TimeSpan.Zero;
        else if (isLate) delay += late;
        sends.Add(send with { At = send.At + delay });
        if (isTwice) sends.Add(send with { At = send.At + delay + again });
    }

    private static CustomerEvent Event(int customer, string number, EventKind kind, TimeSpan at, Draw? draw)
    {
        var occurred = Shop.Start + at;
        var hasProduct = kind is EventKind.ProductViewed or EventKind.CartAdded or EventKind.CartRemoved or EventKind.OrderCompleted;
        var product = draw?.Whole(1, 5) ?? 1;
        var isGranted = draw?.Chance(0.5) ?? false;
        return new CustomerEvent
        {
            Id = EventId.Parse($"c{customer}-{number}"),
            Kind = kind,
            Customer = IdOf(customer),
            OccurredAt = occurred,
            IngestedAt = occurred,
            Products = hasProduct
                ? [new ProductLine($"p{product}", $"category-{product % 3}", $"brand-{product % 2}", null, 10m * product)]
                : [],
            Currency = "EUR",
            OrderId = kind == EventKind.OrderCompleted ? $"order-{customer}-{number}" : null,
            Rating = kind == EventKind.ReviewPosted ? product : null,
            Consents = kind == EventKind.ConsentChanged ? new Dictionary<string, bool> { ["marketing"] = isGranted } : null,
        };
    }
}
