using System.Diagnostics.CodeAnalysis;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>
/// RetailRocket clickstream: one line a view, cart or transaction event. The sessions of the file are not used: the engine makes
/// its own. A transaction line names one product; lines of one session in the same second are one order.
/// </summary>
internal sealed class RetailRocketFormat : CsvEventFormat
{
    private const int Timestamp = 0;
    private const int User = 1;
    private const int Session = 2;
    private const int Type = 3;
    private const int Item = 4;
    private const int Category = 5;

    private const int EventNameLengthMax = 200;

    public override string Name => "retailrocket";

    public override string Description => "RetailRocket clickstream: view, addtocart, transaction";

    protected override IReadOnlyList<string> Columns { get; } =
        ["timestamp_unix_s", "user_id", "session_id", "event_type", "item_id", "category_id"];

    protected override bool TryMap(CsvRow row, [NotNullWhen(true)] out CustomerEvent? customerEvent, out LineProblem problem)
    {
        customerEvent = null;
        if (!CsvFields.TryUnixSeconds(row[Timestamp], "timestamp_unix_s", out var at, out problem)) return false;
        if (!CsvFields.TryUser(row[User], "user_id", out var customer, out problem)) return false;
        var type = row[Type];
        if (!CsvFields.TryName(type, "event_type", out problem, EventNameLengthMax)) return false;
        var kind = type switch
        {
            "view" => EventKind.ProductViewed,
            "addtocart" => EventKind.CartAdded,
            "transaction" => EventKind.OrderCompleted,
            _ => EventKind.Custom,
        };
        IReadOnlyList<ProductLine> products = [];
        if (row[Item].Length > 0 || kind != EventKind.Custom)
        {
            if (!CsvFields.TryName(row[Item], "item_id", out problem)) return false;
            products = [new ProductLine(row[Item], CsvFields.TextOrNull(row[Category]))];
        }

        customerEvent = new CustomerEvent
        {
            Id = row.Id,
            Kind = kind,
            Customer = customer,
            OccurredAt = at,
            IngestedAt = at,
            CustomName = kind == EventKind.Custom ? type : null,
            Products = products,
            OrderId = kind == EventKind.OrderCompleted ? $"{row[Session]}-{row[Timestamp]}" : null,
        };
        return true;
    }
}
