using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Intake;

/// <param name="Body">Empty: the item as it was kept.</param>
/// <param name="IsPatch">True for an RFC 7396 patch of the item, false for what takes its place.</param>
internal readonly record struct ReplayCorrection(ReadOnlyMemory<byte> Body, bool IsPatch);

/// <summary>
/// Sends rejects through the intake again, by the same rules and with the time of receipt that they had. Items without an id get one
/// that is made of the reject's, so that a replay can be repeated without harm. Thread-safe.
/// </summary>
internal sealed class RejectReplayer(ICustomerEngine engine, IntakeCommit commit, IntakeOptions options)
{
    private static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null when there is no such reject.</summary>
    /// <exception cref="FormatException">The item or its correction is no JSON, or cannot be replayed as it is.</exception>
    public async Task<ReplayAnswer?> ReplayAsync(
        long id, ReplayCorrection correction, bool takesLate, CancellationToken cancellationToken)
    {
        var rejects = engine.Rejects;
        if (await rejects.FindAsync(id, cancellationToken).ConfigureAwait(false) is not { } kept) return null;
        if (kept.Outcome is ReplayAnswer.IsAccepted or ReplayAnswer.IsDuplicate)
        {
            return new ReplayAnswer(id, kept.Outcome, WasDone: true, 0, 0, []);
        }

        var parsed = Parse(kept, ItemOf(kept, correction));
        var batch = new IngestBatch(parsed.Events, kept.Item.Index < 0 ? parsed.Rejects : [])
        {
            Late = takesLate ? LateRule.TakeIn : LateRule.LeaveOut,
        };
        var result = await commit.IngestAsync(batch, cancellationToken).ConfigureAwait(false);
        var answer = AnswerOf(id, parsed, result);
        await rejects.MarkAsync(id, answer.Outcome, cancellationToken).ConfigureAwait(false);
        return answer;
    }

    private static JsonNode? ItemOf(KeptReject kept, ReplayCorrection correction)
    {
        if (!correction.Body.IsEmpty && !correction.IsPatch) return Read(correction.Body.Span, "the body");
        if (kept.Item.IsCut)
        {
            throw new FormatException(
                $"of reject {kept.Id} only the first {kept.Item.Payload.Length} characters were kept; send the whole corrected item");
        }

        var item = Read(Encoding.UTF8.GetBytes(kept.Item.Payload), "the kept item");
        return correction.Body.IsEmpty ? item : MergePatch.Apply(item, Read(correction.Body.Span, "the patch"));
    }

    private ParsedRequest Parse(KeptReject kept, JsonNode? item)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(BatchOf(kept, item));
        var parser = new RequestParser(options.FutureMax);
        if (!parser.TryReadJson(body, out var problem)) throw new FormatException(problem.Message);
        var parsed = new ParsedRequest();
        var receivedAt = kept.Item.ReceivedAt.ToDateTimeOffset();
        if (parser.Parse(null, receivedAt, null, parsed) is { } whole) throw new FormatException(whole.Message);
        return parsed;
    }

    /// <summary>One item, or a request that was rejected as a whole, as a batch of items that each have a type and an id.</summary>
    private static JsonObject BatchOf(KeptReject kept, JsonNode? item)
    {
        var envelope = kept.Item.Envelope is { } text ? Read(Encoding.UTF8.GetBytes(text), "the kept envelope") : null;
        var batch = envelope as JsonObject ?? [];
        var isWholeBatch = kept.Item is { Index: < 0, Call: ParsedRequest.BatchCall };
        if (isWholeBatch && item is not JsonObject) throw new FormatException("the request is no object; send one with the array 'batch'");
        if (isWholeBatch) batch = (JsonObject)item!.DeepClone();
        else batch["batch"] = new JsonArray(item?.DeepClone());
        if (batch["batch"] is not JsonArray items)
        {
            throw new FormatException("batch is not an array; send an array of events under 'batch'");
        }

        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is not JsonObject one) continue;
            if (one["type"] is null && kept.Item.Call is { } call and not ParsedRequest.BatchCall) one["type"] = call;
            one["messageId"] ??= $"reject-{kept.Id}-{i}";
        }

        return batch;
    }

    private static ReplayAnswer AnswerOf(long id, ParsedRequest parsed, IngestResult result)
    {
        var rejected = parsed.Rejects.Select(static reject => new RejectedAnswer(reject.Index, reject.Code, reject.Message)).ToList();
        for (var i = 0; i < result.Outcomes.Count; i++)
        {
            if (result.Outcomes[i] == EventOutcome.Unreadable)
            {
                rejected.Add(new RejectedAnswer(parsed.PositionOf(i), RejectCodes.CustomerUnreadable,
                    "what is stored of the event's customer is damaged; restore a backup, then replay it"));
            }

            if (result.Outcomes[i] != EventOutcome.Late) continue;
            rejected.Add(new RejectedAnswer(parsed.PositionOf(i), RejectCodes.Late,
                $"the event happened at {parsed.Events[i].OccurredAt}, which is longer ago than the engine's allowed lateness; "
                + "replay it with take_late=true to fold it into the customer's history all the same, or correct its timestamp"));
        }

        var outcome = result.Late > 0 ? ReplayAnswer.IsLate
            : parsed.Rejects.Count + result.Unreadable > 0 ? ReplayAnswer.IsRejected
            : result.Accepted > 0 ? ReplayAnswer.IsAccepted : ReplayAnswer.IsDuplicate;
        return new ReplayAnswer(id, outcome, WasDone: false, result.Accepted, result.Duplicates, rejected);
    }

    private static JsonNode? Read(ReadOnlySpan<byte> json, string what)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: s_strict);
        }
        catch (JsonException bad)
        {
            throw new FormatException($"{what} is not JSON in which each member occurs once; send the whole corrected item", bad);
        }
    }
}
