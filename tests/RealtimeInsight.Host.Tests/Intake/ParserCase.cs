using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Intake;

/// <summary>One request of the parser's golden corpus and what has to come out of it, as one line of JSON.</summary>
internal static class ParserCase
{
    private static readonly DateTimeOffset ReceivedAt = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>The body of a line: text, or base64 where it is not UTF-8.</summary>
    public static byte[] BodyOf(JsonNode line) => line["text"] is { } text
        ? Encoding.UTF8.GetBytes((string)text!)
        : Convert.FromBase64String((string)line["base64"]!);

    public static string Outcome(RequestParser parser, byte[] body, string call)
    {
        if (!parser.TryReadJson(body, out var problem)) return Show(problem);
        var parsed = new ParsedRequest();
        CallType? type = call == "batch" ? null : Enum.Parse<CallType>(call);
        var whole = parser.Parse(type, ReceivedAt, "trace", parsed);
        parser.Clear();
        if (whole is { } wrong) return Show(wrong);
        var items = parsed.Events.Select((read, index) => $"{parsed.PositionOf(index)}: {Show(read)}")
            .Concat(parsed.Rejects.Select(reject => $"{reject.Index}: {reject.Code}: {reject.Message} <- {reject.Payload}"));
        return string.Join('\n', items);
    }

    private static string Show(ItemProblem problem) => $"{problem.Code}: {problem.Message}";

    private static string Show(CustomerEvent read)
    {
        var times = $"{read.OccurredAt.UnixMs}/{read.IngestedAt.UnixMs}";
        var text = new StringBuilder($"{read.Kind} {read.Id.Value} of {read.Customer.Value} at {times}");
        Add("visitor", read.Visitor?.Value);
        Add("name", read.CustomName);
        foreach (var line in read.Products)
        {
            Add("product", $"{line.ProductId}/{line.Category}/{line.Brand}/{line.Name}/{Invariant(line.Price)}/{line.Quantity}");
        }

        Add("cart", read.CartId);
        Add("order", read.OrderId);
        Add("checkout", read.CheckoutId);
        Add("value", Invariant(read.Value));
        Add("currency", read.Currency);
        Add("subject", read.Subject);
        Add("text", read.Text);
        Add("rating", Invariant(read.Rating));
        Add("decision", read.DecisionId);
        Add("zone", read.TimeZone);
        foreach (var (key, value) in read.Traits ?? new Dictionary<string, string>()) Add("trait", $"{key}={value}");
        foreach (var (key, value) in read.Consents ?? new Dictionary<string, bool>()) Add("consent", $"{key}={value}");
        Add("trace", read.TraceParent);
        return text.ToString();

        void Add(string name, string? value)
        {
            if (value is not null) text.Append($"; {name} {value}");
        }
    }

    private static string? Invariant<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);
}
