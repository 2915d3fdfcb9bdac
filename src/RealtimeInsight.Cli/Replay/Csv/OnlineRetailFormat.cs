using System.Diagnostics.CodeAnalysis;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>
/// UCI Online Retail: one line a product of an invoice. Each line is one event, so that every line is accounted for: a completed
/// order, or a refund where the invoice starts with C. The lines of an invoice share its number as their order id, which makes
/// them one order, and carry no total, so that each adds its own amount. A line repeated to the letter is the same event and
/// counts as a duplicate. Times are local to the shop and taken as UTC.
/// </summary>
internal sealed class OnlineRetailFormat : CsvEventFormat
{
    /// <summary>Larger quantities in this data are typing errors that were cancelled minutes later.</summary>
    public const int QuantityMax = 10_000;

    public const decimal PriceMax = 1_000_000m;

    private const int Invoice = 0;
    private const int StockCode = 1;
    private const int Text = 2;
    private const int Quantity = 3;
    private const int Date = 4;
    private const int Price = 5;
    private const int Customer = 6;

    public override string Name => "online_retail";

    public override string Description => "UCI Online Retail order lines, with cancellations";

    protected override IReadOnlyList<string> Columns { get; } =
        ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID"];

    protected override bool TryMap(CsvRow row, [NotNullWhen(true)] out CustomerEvent? customerEvent, out LineProblem problem)
    {
        customerEvent = null;
        if (!CsvFields.TryDateTime(row[Date], "InvoiceDate", out var at, out problem)) return false;
        if (!CsvFields.TryUser(row[Customer], "CustomerID", out var customer, out problem)) return false;
        var invoice = row[Invoice];
        if (!CsvFields.TryName(invoice, "InvoiceNo", out problem)) return false;
        if (!CsvFields.TryName(row[StockCode], "StockCode", out problem)) return false;
        var isRefund = invoice[0] is 'C' or 'c';
        var (least, most) = isRefund ? (-QuantityMax, -1) : (1, QuantityMax);
        if (!CsvFields.TryInt(row[Quantity], "Quantity", least, most, LineCodes.InvalidNumber, out var quantity, out problem)) return false;
        if (!CsvFields.TryPrice(row[Price], "UnitPrice", PriceMax, out var price, out problem)) return false;

        var product = new ProductLine(row[StockCode], Name: CsvFields.TextOrNull(row[Text]), Price: price, Quantity: Math.Abs(quantity));
        customerEvent = new CustomerEvent
        {
            Id = row.Id,
            Kind = isRefund ? EventKind.OrderRefunded : EventKind.OrderCompleted,
            Customer = customer,
            OccurredAt = at,
            IngestedAt = at,
            Products = [product],
            OrderId = invoice,
            Currency = "GBP",
        };
        return true;
    }
}
