using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class MappedCsvFormatTests : IDisposable
{
    private const string Mapping = """
        {
          // Which column means what.
          "columns": { "time": "when", "customer": "user", "visitor": "cookie", "event": "what", "product": "sku", "price": "unit price",
                       "quantity": "n", "order": "order no", "category": "group", "id": "line id" },
          "time_format": "dd.MM.yyyy HH:mm",
          "events": { "angesehen": "product_viewed", "Warenkorb": "cart_added", "Kauf": "order_completed" },
          "separator": ";",
          "currency": "EUR",
        }
        """;

    private const string Header = "when;what;user;cookie;sku;group;unit price;n;order no;line id;more";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Line_BecomesTheEventThatTheMappingNames()
    {
        var read = Single("02.03.2026 12:30;Kauf;u1;c1;p1;shoes;12.50;2;o7;x1;").Event!;

        Assert.Equal(EventKind.OrderCompleted, read.Kind);
        Assert.Equal(("u1", "anon:c1"), (read.Customer.Value, read.Visitor?.Value));
        Assert.Equal(Instant.From(new DateTimeOffset(2026, 3, 2, 12, 30, 0, TimeSpan.Zero)), read.OccurredAt);
        Assert.Equal(new ProductLine("p1", "shoes", Price: 12.5m, Quantity: 2), Assert.Single(read.Products));
        Assert.Equal(("o7", "EUR", "x1"), (read.OrderId, read.Currency, read.Id.Value));
    }

    [Fact]
    public void Read_LineWithoutCustomer_IsTheVisitors()
    {
        var read = Single("02.03.2026 12:30;angesehen;;c1;p1;;;;;;").Event!;

        Assert.Equal("anon:c1", read.Customer.Value);
        Assert.Null(read.Visitor);
    }

    [Fact]
    public void Read_NumberOnALineThatIsNoOrder_IsNoOrdersNumber()
    {
        Assert.Null(Single("02.03.2026 12:30;Warenkorb;u1;;p1;;;;basket-1;;").Event!.OrderId);
    }

    [Fact]
    public void Read_OrderLineOfLessThanNothing_IsARefund()
    {
        var read = Single("02.03.2026 12:30;Kauf;u1;;p1;;2.50;-3;o7;;").Event!;

        Assert.Equal((EventKind.OrderRefunded, 3, "o7"), (read.Kind, read.Products[0].Quantity, read.OrderId));
        Assert.Equal("invalid_number", Single("02.03.2026 12:30;Warenkorb;u1;;p1;;2.50;-3;;;").Malformed!.Code);
    }

    [Theory]
    [InlineData("add to cart", EventKind.CartAdded)]
    [InlineData("purchase", EventKind.OrderCompleted)]
    [InlineData("blinked", EventKind.Custom)]
    public void Read_EventThatTheMappingLeavesOut_IsKnownByItsCommonNameOrKeptAsCustom(string name, EventKind kind)
    {
        Assert.Equal(kind, Single($"02.03.2026 12:30;{name};u1;;p1;;;;;;").Event!.Kind);
    }

    [Theory]
    [InlineData("2026-03-02;Kauf;u1;;p1;;;;;;", "bad_timestamp", "when is '2026-03-02'", "dd.MM.yyyy HH:mm")]
    [InlineData("02.03.2026 12:30;Kauf;;;p1;;;;;;", "missing_id", "user is empty", "nobody")]
    [InlineData("02.03.2026 12:30;angesehen;u1;;;;;;;;", "missing_field", "sku is empty", "needs a product")]
    [InlineData("02.03.2026 12:30;Kauf;u1;;p1;;free;;;;", "invalid_number", "unit price is 'free'", "a number above 0")]
    [InlineData("02.03.2026 12:30;Kauf;u1;;p1;;1;0;;;", "invalid_number", "n is '0'", "from 1 to")]
    [InlineData("02.03.2026 12:30;Kauf", "bad_line", "2 fields", "the header names 11")]
    public void Read_BadValue_NamesLineColumnValueAndRule(string line, string code, string named, string rule)
    {
        var malformed = Single(line).Malformed!;

        Assert.Equal(code, malformed.Code);
        Assert.StartsWith("shop.csv:2: ", malformed.Message, StringComparison.Ordinal);
        Assert.Contains(named, malformed.Message, StringComparison.Ordinal);
        Assert.Contains(rule, malformed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_HeaderWithoutAMappedColumn_NamesItAndThoseThereAre()
    {
        _folder.Write("shop.csv", "when;what;user", "02.03.2026 12:30;Kauf;u1");

        var error = Assert.Throws<CliException>(() => Load(Mapping));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains("cookie, sku, unit price", error.Message, StringComparison.Ordinal);
        Assert.Contains("it has when, what, user", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iso", "2026-03-02T12:30:00+02:00", "2026-03-02T10:30:00Z")]
    [InlineData("unix_s", "1772447400", "2026-03-02T10:30:00Z")]
    [InlineData("unix_ms", "1772447400250", "2026-03-02T10:30:00.25Z")]
    public void Read_Time_IsReadInTheFormatGiven(string format, string text, string expected)
    {
        _folder.Write("shop.csv", "at,who,sum", $"{text},u1,9.90");

        var read = Assert.Single(Load($$"""
            { "columns": { "time": "at", "customer": "who", "value": "sum" }, "time_format": "{{format}}", "every_line": "order_completed" }
            """).Items).Event!;

        Assert.Equal(Instant.From(DateTimeOffset.Parse(expected)), read.OccurredAt);
        Assert.Equal((EventKind.OrderCompleted, 9.9m), (read.Kind, read.Amount));
    }

    [Theory]
    [InlineData("{ \"columns\": \n [1] }", ":2: is not a mapping")]
    [InlineData("{ \"colums\": {} }", "colums")]
    [InlineData("""{ "columns": { "customer": "u" }, "every_line": "login" }""", "columns has no \"time\"")]
    [InlineData("""{ "columns": { "time": "t" }, "every_line": "login" }""", "neither \"customer\" nor \"visitor\"")]
    [InlineData("""{ "columns": { "time": "t", "customer": "u" } }""", "either columns.event")]
    [InlineData("""{ "columns": { "time": "t", "user": "u" } }""", "columns has \"user\"; the roles are time, customer")]
    [InlineData("""{ "events": { "x": "sold" } }""", "events.x is \"sold\", which is no event; the events are page_viewed")]
    [InlineData("""{ "time_format": "seconds" }""", "time_format is \"seconds\"; use iso, unix_s")]
    [InlineData("""{ "separator": "ab" }""", "separator is \"ab\"")]
    [InlineData("""{ "currency": "euro" }""", "currency is \"euro\"")]
    public void Mapping_ThatBreaksARule_NamesFileValueAndRule(string json, string expected)
    {
        _folder.Write("shop.csv", "t,u");

        var error = Assert.Throws<CliException>(() => Load(json));

        Assert.Equal(ExitCodes.Usage, error.ExitCode);
        Assert.Contains("mapping.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Format_CsvWithoutMapping_AndMappingForAFixedFormat_AreRefused()
    {
        Assert.Contains("needs --mapping", Assert.Throws<CliException>(() => EventFormats.Get("csv")).Message);
        Assert.Contains("has columns of its own", Assert.Throws<CliException>(() => EventFormats.Get("retailrocket", "m.json")).Message);
    }

    [Fact]
    public void Ndjson_WithMapping_RenamesEventsAndKeepsTheRest()
    {
        var mapping = _folder.WriteText("mapping.json", """{ "events": { "In den Korb": "cart_added" } }""");
        var path = _folder.Write(
            "a.ndjson",
            """{"type":"track","event":"In den Korb","userId":"u1","timestamp":"2026-03-02T12:00:00Z","properties":{"product_id":"p1"}}""",
            """{"type":"track","event":"Jumped","userId":"u1","timestamp":"2026-03-02T12:00:00Z"}""",
            "{");

        var items = ReplayInput.Load(EventFormats.Get("segment-ndjson", mapping), path, null, CancellationToken.None).Items;

        Assert.Equal((EventKind.CartAdded, "p1"), (items[0].Event!.Kind, items[0].Event!.Products[0].ProductId));
        Assert.Equal("Jumped", items[1].Event!.CustomName);
        Assert.Equal("invalid_json", items[2].Malformed!.Code);
    }

    private ReplayItem Single(string line)
    {
        _folder.Write("shop.csv", Header, line);
        return Assert.Single(Load(Mapping).Items);
    }

    private ReplayInput Load(string mapping) => ReplayInput.Load(
        EventFormats.Get("csv", _folder.WriteText("mapping.json", mapping)), _folder.Path, limit: null, CancellationToken.None);
}
