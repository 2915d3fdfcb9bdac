using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Api;

/// <param name="Payload">The item as received, without keys.</param>
/// <param name="Envelope">What its batch said for all items; null where it said nothing.</param>
/// <param name="IsCut">True when the payload is not the whole item: replaying it needs a corrected one.</param>
/// <param name="Outcome">Of the last replay; null when there was none.</param>
public sealed record RejectAnswer(
    long Id, Instant ReceivedAt, string Source, string? Call, int Index, string Code, string Message, string Payload, string? Envelope,
    bool IsCut, Instant? ReplayedAt, string? Outcome)
{
    internal static RejectAnswer Of(KeptReject kept)
    {
        var item = kept.Item;
        return new RejectAnswer(
            kept.Id, item.ReceivedAt, item.Source, item.Call, item.Index, item.Code, item.Message, item.Payload, item.Envelope, item.IsCut,
            kept.ReplayedAt, kept.Outcome);
    }
}

/// <param name="Next">What to send as <c>before</c> for the next page; null on the last.</param>
public sealed record RejectPage(IReadOnlyList<RejectAnswer> Items, long? Next);

/// <summary>What was not accepted.</summary>
internal static class RejectEndpoints
{
    private const int ListLimit = 50;

    public static void MapRejects(this IEndpointRouteBuilder routes)
    {
        var group = routes.ReadGroup("/v1", "rejects");
        group.MapGet("/rejects", List).WithName("getRejects")
            .WithSummary("What was not accepted, newest first, with the reason and the item.")
            .WithDescription("from and to bound the time of receipt (ISO 8601, to is exclusive); before is 'next' of the page before.");
        group.MapGet("/rejects/{id:long}", Get).WithName("getReject").WithSummary("One reject with its item.");
        routes.AdminGroup("/v1", "rejects").MapPost("/rejects/{id:long}/replay", Replay).WithName("replayReject")
            .WithSummary("Sends a reject through the intake again: as it is, corrected, or patched.")
            .WithDescription("No body: as it was kept. application/json: this in its place. application/merge-patch+json: an RFC 7396 "
                + "patch of it. take_late=true takes an event in however late it is.");
    }

    private static async Task<Results<Ok<RejectPage>, ProblemHttpResult>> List(
        string? code, string? source, string? from, string? to, bool? replayed, int? limit, long? before, ICustomerEngine engine,
        CancellationToken cancellationToken)
    {
        var most = limit ?? ListLimit;
        if (most is < 1 or > Problems.LimitMax) return Problems.BadLimit(most, Problems.LimitMax);
        if (code is not null && !RejectCodes.All.Contains(code))
        {
            return Problems.Bad($"code is not known; use one of {string.Join(", ", RejectCodes.All)}");
        }

        if (!TryTime(from, out var start)) return Problems.Bad("from is not a time; write ISO 8601 such as 2026-03-01T12:00:00Z");
        if (!TryTime(to, out var end)) return Problems.Bad("to is not a time; write ISO 8601 such as 2026-03-01T12:00:00Z");
        var filter = new RejectFilter(code, source, start, end, replayed);
        var found = await engine.Rejects.ListAsync(filter, most, before, cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(new RejectPage([.. found.Select(RejectAnswer.Of)], found.Count < most ? null : found[^1].Id));
    }

    private static async Task<Results<Ok<RejectAnswer>, ProblemHttpResult>> Get(
        long id, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        var found = await engine.Rejects.FindAsync(id, cancellationToken).ConfigureAwait(false);
        return found is null ? NoReject() : TypedResults.Ok(RejectAnswer.Of(found));
    }

    private static async Task<IResult> Replay(
        long id, [FromQuery(Name = "take_late")] bool? takeLate, HttpContext context, RejectReplayer replayer,
        CancellationToken cancellationToken)
    {
        var request = context.Request;
        var isPatch = request.ContentType?.StartsWith(MergePatch.MediaType, StringComparison.OrdinalIgnoreCase) == true;
        using var body = await RequestBody.ReadAsync(request, IntakeOptions.BatchBytesMax, cancellationToken).ConfigureAwait(false);
        if (body.Problem is { } unread) return Problems.Bad(unread.Message);
        try
        {
            var result = await replayer
                .ReplayAsync(id, new ReplayCorrection(body.Memory, isPatch), takeLate ?? false, cancellationToken).ConfigureAwait(false);
            return result is null ? NoReject() : Results.Json(result, ApiJson.Options, statusCode: StatusOf(result));
        }
        catch (FormatException bad)
        {
            return Problems.Bad(bad.Message);
        }
    }

    private static int StatusOf(ReplayAnswer answer) => answer.Outcome is ReplayAnswer.IsAccepted or ReplayAnswer.IsDuplicate
        ? StatusCodes.Status200OK
        : StatusCodes.Status422UnprocessableEntity;

    private static ProblemHttpResult NoReject() => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "No such reject",
        detail: "It was never kept, or was dropped as one of the oldest. GET /v1/rejects lists those that are kept.");

    private static bool TryTime(string? text, out Instant? time)
    {
        time = null;
        if (text is null) return true;
        if (!Timestamps.TryParse(text, out var parsed)) return false;
        time = Instant.From(parsed);
        return true;
    }
}
