using System.Globalization;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>Makes events and products in as few words as a test needs.</summary>
internal static class Make
{
    /// <summary>A Monday morning.</summary>
    public static readonly Instant Start = At("2026-03-02T09:00:00Z");

    public static readonly CustomerId Ada = CustomerId.FromUser("ada");

    public static Instant At(string text) => Instant.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));

    public static CustomerEvent Event(EventKind kind, Instant at, string id, params ProductLine[] products) => new()
    {
        Id = EventId.Parse(id),
        Kind = kind,
        Customer = Ada,
        OccurredAt = at,
        IngestedAt = at,
        Products = products,
    };

    /// <summary><c>a</c>, <c>a*2</c>, <c>a@9.50</c> or <c>a*2@9.50</c>.</summary>
    public static ProductLine Product(string text)
    {
        var price = text.Split('@');
        var pieces = price[0].Split('*');
        return new ProductLine(
            pieces[0],
            Price: price.Length > 1 ? decimal.Parse(price[1], CultureInfo.InvariantCulture) : null,
            Quantity: pieces.Length > 1 ? int.Parse(pieces[1], CultureInfo.InvariantCulture) : 1);
    }

    /// <summary><c>90s</c>, <c>20m</c>, <c>1h</c>, <c>14d</c>, or a sum such as <c>1d+30m</c>; <c>ms</c> works too.</summary>
    public static TimeSpan Span(string text)
    {
        var sum = TimeSpan.Zero;
        foreach (var part in text.Split('+'))
        {
            var digits = part.TrimEnd('m', 's', 'h', 'd');
            var number = long.Parse(digits, CultureInfo.InvariantCulture);
            sum += part[digits.Length..] switch
            {
                "ms" => TimeSpan.FromMilliseconds(number),
                "s" => TimeSpan.FromSeconds(number),
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                "d" => TimeSpan.FromDays(number),
                var unit => throw new FormatException($"'{unit}' is not a unit of time"),
            };
        }

        return sum;
    }
}
