using System.Text;
using System.Text.Json;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>CloudEvents 1.0 in HTTP, made of the structured form that an action is stored in.</summary>
internal static class CloudEventContent
{
    public const string Structured = "application/cloudevents+json";
    public const string Batched = "application/cloudevents-batch+json";
    private const string DataMember = "data";
    private const string DataTypeMember = "datacontenttype";

    /// <summary>A JSON array of the events.</summary>
    public static byte[] Batch(IReadOnlyList<ActionMessage> messages)
    {
        var body = new byte[messages.Sum(static message => message.Body.Length + 1) + 1];
        body[0] = (byte)'[';
        var at = 1;
        foreach (var message in messages)
        {
            message.Body.Span.CopyTo(body.AsSpan(at));
            at += message.Body.Length;
            body[at++] = (byte)',';
        }

        body[at - 1] = (byte)']';
        return body[..at];
    }

    /// <summary>The data, its media type, and the other attributes by the names of their headers.</summary>
    public static (byte[] Data, string MediaType, List<KeyValuePair<string, string>> Headers) Binary(ActionMessage message)
    {
        using var document = JsonDocument.Parse(message.Body);
        var headers = new List<KeyValuePair<string, string>>();
        byte[] data = [];
        var mediaType = "application/json";
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.NameEquals(DataMember)) data = Encoding.UTF8.GetBytes(member.Value.GetRawText());
            else if (member.NameEquals(DataTypeMember)) mediaType = member.Value.GetString() ?? mediaType;
            else headers.Add(new($"ce-{member.Name}", Encoded(member.Value.ToString())));
        }

        return (data, mediaType, headers);
    }

    /// <summary>
    /// Printable ASCII as it is; blank, double quote, percent sign and everything else as the percent-encoded bytes of its UTF-8 form.
    /// </summary>
    public static string Encoded(string value)
    {
        var encoded = new StringBuilder(value.Length);
        foreach (var unit in Encoding.UTF8.GetBytes(value))
        {
            if (unit is > 0x20 and < 0x7F and not (byte)'"' and not (byte)'%') encoded.Append((char)unit);
            else encoded.Append('%').Append(unit.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
