using System.Diagnostics.CodeAnalysis;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>A shop's own export, one event or one line of an order a line, with the columns that a mapping names.</summary>
internal sealed class MappedCsvFormat : CsvEventFormat
{
    public const string FormatName = "csv";
    public const string FormatDescription = "your own export, read by --mapping";

    private const decimal PriceMax = 1_000_000_000m;
    private const int EventNameLengthMax = 200;

    private readonly EventMapping _mapping;
    private readonly Dictionary<string, int> _at;
    private readonly EventKind? _everyLine;

    /// <param name="path">Where the mapping was read, for messages.</param>
    public MappedCsvFormat(EventMapping mapping, string path)
    {
        mapping.RequireColumns(path);
        _mapping = mapping;
        Columns = [.. mapping.Columns.Values];
        _at = mapping.Columns.Keys.Select((role, index) => (role, index)).ToDictionary(pair => pair.role, pair => pair.index);
        _everyLine = mapping.EveryLine is { } name ? mapping.KindOf(name) : null;
    }

    public override string Name => FormatName;

    public override string Description => FormatDescription;

    protected override char Separator => _mapping.Separator[0];

    protected override IReadOnlyList<string> Columns { get; }

    protected override bool TryMap(CsvRow row, [NotNullWhen(true)] out CustomerEvent? customerEvent, out LineProblem problem)
    {
        customerEvent = null;
        if (!MappedTime.TryRead(Field(row, MappedColumns.Time), _mapping.TimeFormat, Column(MappedColumns.Time), out var at, out problem)
            || !TryWho(row, out var customer, out var visitor, out problem)
            || !TryKind(row, out var kind, out var customName, out problem)
            || !TryId(row, out var id, out problem)
            || !TryProducts(row, ref kind, out var products, out problem)
            || !TryMoney(row, out var value, out var currency, out problem)
            || !TryOptional(row, MappedColumns.Order, out var order, out problem)) return false;
        customerEvent = new CustomerEvent
        {
            Id = id,
            Kind = kind,
            Customer = customer,
            Visitor = visitor,
            OccurredAt = at,
            IngestedAt = at,
            CustomName = customName,
            Products = products,
            // Exports repeat a session's or cart's number on every line: only an order has an order's number.
            OrderId = kind is EventKind.OrderCompleted or EventKind.OrderCancelled or EventKind.OrderRefunded ? order : null,
            Value = value,
            Currency = currency,
        };
        return true;
    }

    private string Field(CsvRow row, string role) => _at.TryGetValue(role, out var index) ? row[index] : "";

    private string Column(string role) => _mapping.Columns[role];

    private bool TryWho(CsvRow row, out CustomerId customer, out CustomerId? visitor, out LineProblem problem)
    {
        customer = default;
        visitor = null;
        var (user, anonymous) = (Field(row, MappedColumns.Customer), Field(row, MappedColumns.Visitor));
        if (anonymous.Length > 0)
        {
            if (!CsvFields.TryVisitor(anonymous, Column(MappedColumns.Visitor), out customer, out problem)) return false;
            if (user.Length == 0) return true;
            visitor = customer;
        }

        if (_at.ContainsKey(MappedColumns.Customer))
        {
            return CsvFields.TryUser(user, Column(MappedColumns.Customer), out customer, out problem);
        }

        return CsvFields.TryVisitor(anonymous, Column(MappedColumns.Visitor), out customer, out problem);
    }

    private bool TryKind(CsvRow row, out EventKind kind, out string? customName, out LineProblem problem)
    {
        customName = null;
        problem = default;
        kind = _everyLine ?? EventKind.Custom;
        if (_everyLine is not null) return true;
        var name = Field(row, MappedColumns.Event);
        if (!CsvFields.TryName(name, Column(MappedColumns.Event), out problem, EventNameLengthMax)) return false;
        kind = _mapping.KindOf(name);
        if (kind == EventKind.Custom) customName = name;
        return true;
    }

    private bool TryId(CsvRow row, out EventId id, out LineProblem problem)
    {
        (id, problem) = (row.Id, default);
        var text = Field(row, MappedColumns.Id);
        if (text.Length == 0 || EventId.TryParse(text, out id, out _)) return true;
        problem = new(
            LineCodes.InvalidId, $"{Column(MappedColumns.Id)} has {text.Length} characters, at most {EventId.LengthMax} are allowed");
        return false;
    }

    private bool TryProducts(CsvRow row, ref EventKind kind, out IReadOnlyList<ProductLine> products, out LineProblem problem)
    {
        (products, problem) = ([], default);
        var product = Field(row, MappedColumns.Product);
        if (product.Length == 0)
        {
            // An order without lines still has its total; a view of nothing means nothing.
            if (kind is not (EventKind.ProductViewed or EventKind.CartAdded)) return true;
            problem = new(LineCodes.MissingField, _at.ContainsKey(MappedColumns.Product)
                ? $"{Column(MappedColumns.Product)} is empty; {EventKinds.WireName(kind)} needs a product"
                : $"{EventKinds.WireName(kind)} needs a product; name its column as columns.product in the mapping");
            return false;
        }

        if (!CsvFields.TryName(product, Column(MappedColumns.Product), out problem)) return false;
        decimal? price = null;
        if (Field(row, MappedColumns.Price) is { Length: > 0 } priceText)
        {
            if (!CsvFields.TryPrice(priceText, Column(MappedColumns.Price), PriceMax, out var given, out problem)) return false;
            price = given;
        }

        var quantity = 1;
        if (Field(row, MappedColumns.Quantity) is { Length: > 0 } quantityText
            && !TryQuantity(quantityText, ref kind, out quantity, out problem)) return false;
        products =
        [
            new ProductLine(
                product,
                CsvFields.TextOrNull(Field(row, MappedColumns.Category)),
                CsvFields.TextOrNull(Field(row, MappedColumns.Brand)),
                CsvFields.TextOrNull(Field(row, MappedColumns.Name)),
                price,
                quantity),
        ];
        return true;
    }

    /// <summary>Lists of orders write what comes back as a line of less than nothing: that is a refund.</summary>
    private bool TryQuantity(string text, ref EventKind kind, out int quantity, out LineProblem problem)
    {
        var isBack = kind == EventKind.OrderCompleted && text.StartsWith('-');
        if (!CsvFields.TryInt(
            isBack ? text[1..] : text, Column(MappedColumns.Quantity), 1, ProductLine.QuantityMax, LineCodes.InvalidNumber,
            out quantity, out problem)) return false;
        if (isBack) kind = EventKind.OrderRefunded;
        return true;
    }

    private bool TryMoney(CsvRow row, out decimal? value, out string? currency, out LineProblem problem)
    {
        (value, problem) = (null, default);
        currency = Field(row, MappedColumns.Currency) is { Length: > 0 } text ? text : _mapping.Currency;
        if (currency is not null && !Currencies.TryGet(currency, out currency))
        {
            var given = CsvFields.Cut(Field(row, MappedColumns.Currency));
            problem = new(LineCodes.InvalidNumber, $"{Column(MappedColumns.Currency)} is '{given}'; it is a code of ISO 4217 such as EUR");
            return false;
        }

        if (Field(row, MappedColumns.Value) is not { Length: > 0 } valueText) return true;
        if (!CsvFields.TryPrice(valueText, Column(MappedColumns.Value), PriceMax, out var total, out problem)) return false;
        value = total;
        return true;
    }

    private bool TryOptional(CsvRow row, string role, out string? text, out LineProblem problem)
    {
        (text, problem) = (null, default);
        if (Field(row, role) is not { Length: > 0 } found) return true;
        text = found;
        return CsvFields.TryName(found, Column(role), out problem);
    }
}
