using System.Text.Json;
using System.Text.Unicode;

namespace RealtimeInsight.Host.Intake;

/// <summary>A request's JSON to its items. Whole-request faults are a problem; a fault of an item leaves its neighbours alone.</summary>
internal static class RequestParser
{
    /// <summary>
    /// Reads the body as JSON; null with a <paramref name="problem"/> where it is none. The document uses the memory of the body.
    /// </summary>
    public static JsonDocument? ReadJson(ReadOnlyMemory<byte> body, out ItemProblem problem)
    {
        problem = default;
        if (!Utf8.IsValid(body.Span))
        {
            problem = new ItemProblem(RejectCodes.InvalidJson, "the body is not valid UTF-8; encode it as UTF-8");
            return null;
        }

        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException fault)
        {
            if (NonFiniteNumbers.Quote(body.Span) is { } quoted && TryParse(quoted) is { } repaired) return repaired;
            problem = new ItemProblem(RejectCodes.InvalidJson,
                $"the body is not JSON: line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}; send one JSON object");
            return null;
        }
    }

    /// <summary>The <c>writeKey</c> of the body; null without one.</summary>
    public static string? WriteKeyOf(JsonElement root)
    {
        try
        {
            return FieldReader.TryFind(root, "writeKey"u8, out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Not Unicode text: no key has such a form.
            return null;
        }
    }

    /// <summary>The items of a body: one event of <paramref name="type"/>, or a batch where that is null.</summary>
    /// <returns>What is wrong with the request as a whole; null where its items were read, each on its own.</returns>
    public static ItemProblem? Parse(
        JsonElement root, CallType? type, DateTimeOffset receivedAt, string? traceParent, EventParser parser, ParsedRequest parsed)
    {
        try
        {
            if (type is not null)
            {
                ParseItem(root, type, new Envelope(receivedAt, null, default, traceParent), 0, parser, parsed);
                return null;
            }

            var envelope = EnvelopeOf(root, receivedAt, traceParent, out var problem);
            return problem ?? ParseBatch(root, envelope, parser, parsed);
        }
        catch (InvalidOperationException)
        {
            // The reader says so for an escape such as a lone surrogate, which is grammatical JSON but not Unicode text.
            return new ItemProblem(RejectCodes.InvalidJson, "a string of the request is not valid Unicode; send well-formed escapes");
        }
    }

    private static ItemProblem? ParseBatch(JsonElement root, Envelope envelope, EventParser parser, ParsedRequest parsed)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new ItemProblem(
                RejectCodes.WrongType, $"the body is {FieldReader.TypeName(root)}; send an object with the array 'batch'");
        }

        if (!FieldReader.TryFind(root, "batch"u8, out var batch))
        {
            return new ItemProblem(RejectCodes.MissingField, "batch is missing; send an array of events under 'batch'");
        }

        if (batch.ValueKind != JsonValueKind.Array)
        {
            return new ItemProblem(RejectCodes.WrongType, $"batch is {FieldReader.TypeName(batch)}; send an array of events");
        }

        var count = batch.GetArrayLength();
        if (count == 0) return new ItemProblem(RejectCodes.MissingField, "batch is empty; send at least one event");
        if (count > IntakeOptions.BatchEventsMax)
        {
            return new ItemProblem(RejectCodes.TooMany,
                $"batch has {count} events, at most {IntakeOptions.BatchEventsMax} are allowed; split it");
        }

        var index = 0;
        foreach (var item in batch.EnumerateArray()) ParseItem(item, null, envelope, index++, parser, parsed);
        return null;
    }

    private static void ParseItem(
        JsonElement item, CallType? type, Envelope envelope, int index, EventParser parser, ParsedRequest parsed)
    {
        var read = parser.Parse(item, type, envelope, index, out var problem);
        if (read is not null) parsed.Add(read, index);
        else parsed.Reject(envelope.ReceivedAt, index, problem, ParsedRequest.PayloadOf(item));
    }

    private static Envelope EnvelopeOf(JsonElement root, DateTimeOffset receivedAt, string? traceParent, out ItemProblem? problem)
    {
        var fields = new FieldReader();
        var sentAt = fields.Time(root, "sentAt"u8);
        var context = fields.Object(root, "context"u8);
        problem = fields.Problem;
        return new Envelope(receivedAt, sentAt, context, traceParent);
    }

    private static JsonDocument? TryParse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json);
        }
        catch (JsonException)
        {
            // Still no JSON: the first reading's message is the one that helps.
            return null;
        }
    }
}
