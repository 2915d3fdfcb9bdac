using System.Text;
using System.Text.Json;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>What rejected items may call a customer.</summary>
public static class RejectNames
{
    /// <summary>Each as the whole of a value; a visitor has no mark before its anonymousId there.</summary>
    public static IEnumerable<string> Of(CustomerId id) =>
        id.IsVisitor && id.Value.Length > CustomerId.VisitorPrefix.Length
            ? [id.Value, id.Value[CustomerId.VisitorPrefix.Length..]]
            : [id.Value];

    /// <summary>
    /// True when a kept item has one of the names as the whole of a string value, however its sender escaped it; names of members do not
    /// count. What is no JSON, because it is malformed or was cut, is searched as a text.
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
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && IsOneOf(ref reader, names)) return true;
            }

            return false;
        }
        catch (JsonException)
        {
            return names.Any(name => json.Contains($"\"{name}\"", StringComparison.Ordinal)
                || json.Contains(JsonSerializer.Serialize(name), StringComparison.Ordinal));
        }
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, IReadOnlyList<string> names)
    {
        try
        {
            foreach (var name in names)
            {
                if (reader.ValueTextEquals(name)) return true;
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
