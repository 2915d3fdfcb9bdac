using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Reads recorded items, one JSON object each in the form that <c>/v1/batch</c> takes, by the rules of the HTTP intake. They were received
/// when they say so (<c>receivedAt</c>, else <c>sentAt</c>, else their own time), not now. Not thread-safe.
/// </summary>
public sealed class RecordedItems
{
    private readonly EventParser _parser = new(new IntakeOptions().FutureMax);

    /// <summary>False with a code of <see cref="RejectCodes"/> and a message where the item is no event.</summary>
    public bool TryRead(
        ReadOnlyMemory<byte> json, [NotNullWhen(true)] out CustomerEvent? customerEvent, out string code, out string message)
    {
        customerEvent = null;
        using var document = RequestParser.ReadJson(json, out var problem);
        if (document is not null)
        {
            if (ReceivedAt(document.RootElement, out problem) is { } receivedAt)
            {
                customerEvent = _parser.Parse(document.RootElement, null, new Envelope(receivedAt, null, default, null), 0, out problem);
            }
        }

        (code, message) = customerEvent is null ? (problem.Code, problem.Message) : ("", "");
        return customerEvent is not null;
    }

    private static DateTimeOffset? ReceivedAt(JsonElement item, out ItemProblem problem)
    {
        var fields = new FieldReader();
        if (item.ValueKind != JsonValueKind.Object)
        {
            fields.Reject(RejectCodes.WrongType, $"the event is {FieldReader.TypeName(item)}; send an object");
        }

        var at = fields.Time(item, "receivedAt"u8) ?? fields.Time(item, "sentAt"u8)
            ?? fields.Time(item, "originalTimestamp"u8) ?? fields.Time(item, "timestamp"u8);
        if (at is null) fields.Reject(RejectCodes.MissingField, "the event has no time; a recorded event needs its timestamp");
        problem = fields.Problem ?? default;
        return fields.Problem is null ? at : null;
    }
}
