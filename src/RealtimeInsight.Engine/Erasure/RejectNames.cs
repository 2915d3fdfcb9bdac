using System.Text;
using System.Text.Json;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>What rejected items may call a customer.</summary>
public static class RejectNames
{
    /// <summary>Members that may say who the customer is, beside those that end in "id".</summary>
    private static readonly HashSet<string> s_members = new(StringComparer.OrdinalIgnoreCase)
    {
        "subject", "user", "customer", "visitor", "email",
    };

    /// <summary>Each as the whole of a value; a visitor has no mark before its anonymousId there.</summary>
    public static IEnumerable<string> Of(CustomerId id) =>
        id.IsVisitor && id.Value.Length > CustomerId.VisitorPrefix.Length
            ? [id.Value, id.Value[CustomerId.VisitorPrefix.Length..]]
            : [id.Value];

    /// <summary>
    /// True when a kept item has one of the names as the whole of a value that may say who the customer is (a string, however its sender
    /// escaped it, or a number), by the name of its member: <c>userId</c>, <c>traits.id</c> and <c>subject</c> may, <c>type</c> and
    /// <c>currency</c> do not. What is no JSON, because it is malformed or was cut, is searched as a text.
    /// </summary>
    /// <param name="json">The item, or its envelope; null has none.</param>
    public static bool IsIn(string? json, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (json is null) return false;

        // Most have neither a name nor anything escaped.
        var isEscaped = json.Contains('\\', StringComparison.Ordinal);
        if (!isEscaped && !names.Any(name => json.Contains(name, StringComparison.Ordinal))) return false;
        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json));
            var maySayWho = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName) maySayWho = MaySayWho(ref reader);
                else if (maySayWho && IsOneOf(ref reader, names)) return true;
            }

            return false;
        }
        catch (JsonException)
        {
            return names.Any(name => json.Contains($"\"{name}\"", StringComparison.Ordinal)
                || json.Contains(JsonSerializer.Serialize(name), StringComparison.Ordinal));
        }
    }

    private static bool MaySayWho(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) return true;
        var member = Encoding.UTF8.GetString(reader.ValueSpan);
        return member.EndsWith("id", StringComparison.OrdinalIgnoreCase) || s_members.Contains(member);
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, IReadOnlyList<string> names)
    {
        try
        {
            foreach (var name in names)
            {
                if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(name)) return true;
                if (reader.TokenType == JsonTokenType.Number && Encoding.UTF8.GetString(reader.ValueSpan) == name) return true;
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped: no id has that.
            return false;
        }
    }
}
