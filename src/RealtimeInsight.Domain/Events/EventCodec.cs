using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Domain.Events;

/// <summary>
/// Binary form of an event in the log, version 1: a version byte, a field mask, then the fields in the order below. Fields are only ever
/// added behind a new mask bit; old bits keep their meaning.
/// </summary>
public static class EventCodec
{
    private const byte Version = 1;
    private const int ProductsMax = 100_000;
    private const int EntriesMax = 4_096;
    private const int ProductBytesMin = 6;
    private const int EntryBytesMin = 2;

    [Flags]
    private enum Field : uint
    {
        None = 0,
        Visitor = 1 << 0,
        CustomName = 1 << 1,
        Products = 1 << 2,
        CartId = 1 << 3,
        OrderId = 1 << 4,
        CheckoutId = 1 << 5,
        Value = 1 << 6,
        Currency = 1 << 7,
        Subject = 1 << 8,
        Text = 1 << 9,
        Rating = 1 << 10,
        DecisionId = 1 << 11,
        TimeZone = 1 << 12,
        Traits = 1 << 13,
        Consents = 1 << 14,
        TraceParent = 1 << 15,
        Labels = 1 << 16,
    }

    private const Field AllFields = (Field)((1u << 17) - 1);

    public static void Write(CustomerEvent item, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new SpanWriter(output.GetSpan(LengthMax(item)));
        var fields = FieldsOf(item);
        writer.Byte(Version);
        writer.Unsigned((uint)fields);
        writer.Byte((byte)item.Kind);
        writer.Text(item.Id.Value);
        writer.Text(item.Customer.Value);
        writer.Time(item.OccurredAt);
        writer.Signed(item.IngestedAt.UnixMs - item.OccurredAt.UnixMs);
        if (item.Visitor is { } visitor) writer.Text(visitor.Value);
        if (item.CustomName is { } customName) writer.Text(customName);
        if ((fields & Field.Products) != 0) WriteProducts(ref writer, item.Products);
        if (item.CartId is { } cartId) writer.Text(cartId);
        if (item.OrderId is { } orderId) writer.Text(orderId);
        if (item.CheckoutId is { } checkoutId) writer.Text(checkoutId);
        if (item.Value is { } value) writer.Decimal(value);
        if (item.Currency is { } currency) writer.Text(currency);
        if (item.Subject is { } subject) writer.Text(subject);
        if (item.Text is { } text) writer.Text(text);
        if (item.Rating is { } rating) writer.Double(rating);
        if (item.DecisionId is { } decisionId) writer.Text(decisionId);
        if (item.TimeZone is { } timeZone) writer.Text(timeZone);
        WritePersonal(ref writer, item, fields);
        if (item.TraceParent is { } traceParent) writer.Text(traceParent);
        if (item.Labels is { } labels) TextsCodec.WriteLabels(ref writer, labels);
        output.Advance(writer.Length);
    }

    /// <summary>The event takes no more bytes than this.</summary>
    private static int LengthMax(CustomerEvent item)
    {
        const int Numbers = 2 + (8 * SpanWriter.NumberMax) + sizeof(decimal) + sizeof(double) + TextsCodec.LabelsMax;
        const int ProductNumbers = 2 + sizeof(decimal) + SpanWriter.NumberMax;
        var length = Numbers + SpanWriter.MaxOf(item.Id.Value) + SpanWriter.MaxOf(item.Customer.Value)
            + SpanWriter.MaxOf(item.Visitor?.Value) + SpanWriter.MaxOf(item.CustomName) + SpanWriter.MaxOf(item.CartId)
            + SpanWriter.MaxOf(item.OrderId) + SpanWriter.MaxOf(item.CheckoutId) + SpanWriter.MaxOf(item.Currency)
            + SpanWriter.MaxOf(item.Subject) + SpanWriter.MaxOf(item.Text) + SpanWriter.MaxOf(item.DecisionId)
            + SpanWriter.MaxOf(item.TimeZone) + SpanWriter.MaxOf(item.TraceParent);
        for (var i = 0; i < item.Products.Count; i++)
        {
            var product = item.Products[i];
            length += ProductNumbers + SpanWriter.MaxOf(product.ProductId) + SpanWriter.MaxOf(product.Category)
                + SpanWriter.MaxOf(product.Brand) + SpanWriter.MaxOf(product.Name);
        }

        if (item.Traits is { } traits)
        {
            foreach (var (name, value) in traits) length += SpanWriter.MaxOf(name) + SpanWriter.MaxOf(value);
        }

        if (item.Consents is { } consents)
        {
            foreach (var (purpose, _) in consents) length += SpanWriter.MaxOf(purpose) + 1;
        }

        return length;
    }

    /// <summary>Reads one event from the front of <paramref name="source"/> and moves it past the event.</summary>
    /// <exception cref="FormatException">The bytes are not an event of a known version.</exception>
    public static CustomerEvent Read(ref ReadOnlySpan<byte> source)
    {
        var reader = new ByteReader(source);
        var version = reader.Byte();
        if (version != Version) throw reader.Malformed($"event version is {version}, this program reads {Version}");
        var fields = (Field)reader.Unsigned();
        if ((fields & ~AllFields) != 0) throw reader.Malformed($"unknown event fields {fields & ~AllFields}");
        var kind = reader.Choice(EventKinds.Count - 1, "event kind");
        if (!EventId.TryParse(reader.Text(), out var id, out var problem)) throw reader.Malformed(problem);
        var customer = reader.Customer();
        var occurredAt = reader.Time();
        var result = new CustomerEvent
        {
            Id = id,
            Kind = (EventKind)kind,
            Customer = customer,
            OccurredAt = occurredAt,
            IngestedAt = new(occurredAt.UnixMs + reader.Signed()),
            Visitor = fields.HasFlag(Field.Visitor) ? reader.Customer() : null,
            CustomName = fields.HasFlag(Field.CustomName) ? reader.Text() : null,
            Products = fields.HasFlag(Field.Products) ? ReadProducts(ref reader) : [],
            CartId = fields.HasFlag(Field.CartId) ? reader.Text() : null,
            OrderId = fields.HasFlag(Field.OrderId) ? reader.Text() : null,
            CheckoutId = fields.HasFlag(Field.CheckoutId) ? reader.Text() : null,
            Value = fields.HasFlag(Field.Value) ? reader.Decimal() : null,
            Currency = fields.HasFlag(Field.Currency) ? reader.Text() : null,
            Subject = fields.HasFlag(Field.Subject) ? reader.Text() : null,
            Text = fields.HasFlag(Field.Text) ? reader.Text() : null,
            Rating = fields.HasFlag(Field.Rating) ? reader.Double() : null,
            DecisionId = fields.HasFlag(Field.DecisionId) ? reader.Text() : null,
            TimeZone = fields.HasFlag(Field.TimeZone) ? reader.Text() : null,
            Traits = fields.HasFlag(Field.Traits) ? ReadTraits(ref reader) : null,
            Consents = fields.HasFlag(Field.Consents) ? ReadConsents(ref reader) : null,
            TraceParent = fields.HasFlag(Field.TraceParent) ? reader.Text() : null,
            Labels = fields.HasFlag(Field.Labels) ? TextsCodec.ReadLabels(ref reader) : null,
        };
        source = source[reader.Position..];
        return result;
    }

    private static Field FieldsOf(CustomerEvent item) =>
        Has(item.Visitor, Field.Visitor) | Has(item.CustomName, Field.CustomName)
        | (item.Products.Count != 0 ? Field.Products : Field.None)
        | Has(item.CartId, Field.CartId) | Has(item.OrderId, Field.OrderId) | Has(item.CheckoutId, Field.CheckoutId)
        | (item.Value.HasValue ? Field.Value : Field.None)
        | Has(item.Currency, Field.Currency) | Has(item.Subject, Field.Subject) | Has(item.Text, Field.Text)
        | (item.Rating.HasValue ? Field.Rating : Field.None)
        | Has(item.DecisionId, Field.DecisionId) | Has(item.TimeZone, Field.TimeZone)
        | Has(item.Traits, Field.Traits) | Has(item.Consents, Field.Consents) | Has(item.TraceParent, Field.TraceParent)
        | (item.Labels.HasValue ? Field.Labels : Field.None);

    private static Field Has(object? value, Field field) => value is null ? Field.None : field;

    private static Field Has(CustomerId? value, Field field) => value.HasValue ? field : Field.None;

    private static void WriteProducts(ref SpanWriter writer, IReadOnlyList<ProductLine> products)
    {
        writer.Unsigned((uint)products.Count);
        for (var i = 0; i < products.Count; i++)
        {
            var product = products[i];
            writer.Text(product.ProductId);
            writer.OptionalText(product.Category);
            writer.OptionalText(product.Brand);
            writer.OptionalText(product.Name);
            writer.OptionalDecimal(product.Price);
            writer.Signed(product.Quantity);
        }
    }

    private static ProductLine[] ReadProducts(ref ByteReader reader)
    {
        var products = new ProductLine[reader.Count(ProductsMax, ProductBytesMin)];
        for (var i = 0; i < products.Length; i++)
        {
            products[i] = new ProductLine(
                reader.Text(), reader.OptionalText(), reader.OptionalText(), reader.OptionalText(), reader.OptionalDecimal(),
                reader.Int32());
        }

        return products;
    }

    private static void WritePersonal(ref SpanWriter writer, CustomerEvent item, Field fields)
    {
        if ((fields & Field.Traits) != 0)
        {
            writer.Unsigned((uint)item.Traits!.Count);
            foreach (var (name, value) in item.Traits)
            {
                writer.Text(name);
                writer.Text(value);
            }
        }

        if ((fields & Field.Consents) == 0) return;
        writer.Unsigned((uint)item.Consents!.Count);
        foreach (var (purpose, isGranted) in item.Consents)
        {
            writer.Text(purpose);
            writer.Bool(isGranted);
        }
    }

    private static Dictionary<string, string> ReadTraits(ref ByteReader reader)
    {
        var count = reader.Count(EntriesMax, EntryBytesMin);
        var traits = new Dictionary<string, string>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++) traits[reader.Text()] = reader.Text();
        return traits;
    }

    private static Dictionary<string, bool> ReadConsents(ref ByteReader reader)
    {
        var count = reader.Count(EntriesMax, EntryBytesMin);
        var consents = new Dictionary<string, bool>(count, StringComparer.Ordinal);
        for (var i = 0; i < count; i++) consents[reader.Text()] = reader.Bool();
        return consents;
    }
}
