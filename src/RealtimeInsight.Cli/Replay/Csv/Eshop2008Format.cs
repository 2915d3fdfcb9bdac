using System.Diagnostics.CodeAnalysis;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>
/// UCI e-shop clothing 2008: one line a click on a product, with a date but no clock time. A session starts at a moment of its day
/// that its number fixes, and clicks every 30 seconds in the order the file gives; each session is one visitor.
/// </summary>
internal sealed class Eshop2008Format : CsvEventFormat
{
    private const int Year = 0;
    private const int Month = 1;
    private const int Day = 2;
    private const int Order = 3;
    private const int Session = 4;
    private const int Category = 5;
    private const int Model = 6;
    private const int Price = 7;

    private const int OrderMax = 10_000;
    private const decimal PriceMax = 1_000_000m;

    private static readonly TimeSpan ClickGap = TimeSpan.FromSeconds(30);

    /// <summary>Starts are spread over the first 22 hours: the longest session in the data (192 clicks) still ends on its day.</summary>
    private const ulong StartSeconds = 22 * 3600;

    public override string Name => "eshop2008";

    public override string Description => "UCI clothing shop clicks of 2008, with price and category";

    protected override IReadOnlyList<string> Columns { get; } =
        ["year", "month", "day", "order", "session_id", "page1_main_category", "page2_clothing_model", "price"];

    protected override bool TryMap(CsvRow row, [NotNullWhen(true)] out CustomerEvent? customerEvent, out LineProblem problem)
    {
        customerEvent = null;
        if (!TryTime(row, out var at, out problem)) return false;
        if (!CsvFields.TryVisitor(row[Session], "session_id", out var visitor, out problem)) return false;
        if (!CsvFields.TryName(row[Model], "page2_clothing_model", out problem)) return false;
        if (!CsvFields.TryPrice(row[Price], "price", PriceMax, out var price, out problem)) return false;
        customerEvent = new CustomerEvent
        {
            Id = row.Id,
            Kind = EventKind.ProductViewed,
            Customer = visitor,
            OccurredAt = at,
            IngestedAt = at,
            Products = [new ProductLine(row[Model], CategoryName(row[Category]), Price: price)],
            Currency = "USD",
        };
        return true;
    }

    private static bool TryTime(CsvRow row, out Instant at, out LineProblem problem)
    {
        at = default;
        if (!CsvFields.TryInt(row[Year], "year", 1990, 2099, LineCodes.BadTimestamp, out var year, out problem)) return false;
        if (!CsvFields.TryInt(row[Month], "month", 1, 12, LineCodes.BadTimestamp, out var month, out problem)) return false;
        var days = DateTime.DaysInMonth(year, month);
        if (!CsvFields.TryInt(row[Day], "day", 1, days, LineCodes.BadTimestamp, out var day, out problem)) return false;
        if (!CsvFields.TryInt(row[Order], "order", 1, OrderMax, LineCodes.InvalidNumber, out var order, out problem)) return false;
        var start = TimeSpan.FromSeconds(StableHash.Of(row[Session]) % StartSeconds);
        at = Instant.From(new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero)) + start + ClickGap * (order - 1);
        return true;
    }

    private static string? CategoryName(string code) => code switch
    {
        "1" => "trousers",
        "2" => "skirts",
        "3" => "blouses",
        "4" => "sale",
        _ => CsvFields.TextOrNull(code),
    };
}
