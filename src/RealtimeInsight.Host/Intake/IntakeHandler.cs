using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Intake;

/// <summary>One request from its bytes to its answer: bounded reading, key, items, commit, counts. Thread-safe.</summary>
internal sealed class IntakeHandler(
    IntakeCommit commit, WriteAccess access, IntakeOptions options, IntakeInstruments instruments, TimeProvider time)
{
    private const int WholeRequest = -1;
    private const int TraceParentLengthMax = 55;

    private readonly PerMinuteLimit _unauthorizedKept = new(options.UnauthorizedKeptPerMinuteMax, time);
    private readonly ObjectPool<RequestParser> _parsers =
        new DefaultObjectPool<RequestParser>(new ParserPolicy(options.FutureMax), Environment.ProcessorCount * 2);

    private int _inFlight;

    private readonly record struct Result(int Status, IntakeAnswer Answer);

    /// <summary>Answers one call. <paramref name="type"/> is null for a batch.</summary>
    public async Task HandleAsync(HttpContext context, string call, CallType? type)
    {
        Result result;
        try
        {
            result = Interlocked.Increment(ref _inFlight) <= options.RequestsInFlightMax
                ? await WorkAsync(context, type).ConfigureAwait(false)
                : Busy();
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender is gone: nobody is there to read an answer.
            instruments.Request(call, StatusCodes.Status499ClientClosedRequest);
            return;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        instruments.Request(call, result.Status);
        context.Response.StatusCode = result.Status;
        if (result.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(options.RetryAfter.TotalSeconds)).ToString();
        }

        if (result.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Basic realm=\"write key\"";
        await AnswerWriter.WriteAsync(context, result.Answer).ConfigureAwait(false);
    }

    private async Task<Result> WorkAsync(HttpContext context, CallType? type)
    {
        var receivedAt = time.GetUtcNow();
        var isAllowed = access.Allows(context, Credentials.KeyOf(context.Request));
        var bytesMax = type is null ? IntakeOptions.BatchBytesMax : IntakeOptions.EventBytesMax;
        using var body = await RequestBody.ReadAsync(context.Request, bytesMax, context.RequestAborted).ConfigureAwait(false);
        if (body.Problem is { } unread)
        {
            return await RefuseAsync(context, type, body.Status, unread, body.Memory, isAllowed, receivedAt).ConfigureAwait(false);
        }

        var parsed = new ParsedRequest();
        if (Parse(context, type, body.Memory, isAllowed, receivedAt, parsed, out var isKnown) is { } whole)
        {
            return await RefuseAsync(context, type, StatusOf(whole), whole, body.Memory, isKnown, receivedAt).ConfigureAwait(false);
        }

        // The events hold nothing of the body, whose memory the next request can use while these are committed.
        body.Dispose();
        return await CommitAsync(context, parsed, isSingle: type is not null).ConfigureAwait(false);
    }

    /// <summary>Reads the body into <paramref name="parsed"/>; what is wrong with the request as a whole, or null.</summary>
    private ItemProblem? Parse(
        HttpContext context, CallType? type, ReadOnlyMemory<byte> body, bool isAllowed, DateTimeOffset receivedAt, ParsedRequest parsed,
        out bool isKnown)
    {
        isKnown = isAllowed;
        var parser = _parsers.Get();
        try
        {
            if (!parser.TryReadJson(body, out var problem)) return problem;
            isKnown = isAllowed || access.Allows(context, parser.WriteKey());
            return isKnown
                ? parser.Parse(type, receivedAt, TraceParentOf(context), parsed)
                : new ItemProblem(RejectCodes.Unauthorized,
                    "no valid write key; send it as the user of Basic authentication, as Bearer token or as writeKey in the body");
        }
        finally
        {
            parser.Clear();
            _parsers.Return(parser);
        }
    }

    private static int StatusOf(ItemProblem whole) => whole.Code switch
    {
        RejectCodes.TooMany => StatusCodes.Status413PayloadTooLarge,
        RejectCodes.Unauthorized => StatusCodes.Status401Unauthorized,
        _ => StatusCodes.Status400BadRequest,
    };

    private async Task<Result> CommitAsync(HttpContext context, ParsedRequest parsed, bool isSingle)
    {
        foreach (var reject in parsed.Rejects) instruments.Rejected(reject.Code);
        IngestResult result;
        try
        {
            result = await commit.IngestAsync(parsed.ToBatch(), context.RequestAborted).ConfigureAwait(false);
        }
        catch (EngineUnavailableException)
        {
            return Unavailable("the engine cannot commit events now; send the same request again later");
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return Unavailable("the engine did not commit in time; send the same request again later");
        }

        instruments.Received(parsed.Events, parsed.Source);
        instruments.Duplicates(result.Duplicates);
        var rejected = Rejected(parsed, result);
        return isSingle && rejected.Count > 0
            ? new Result(StatusCodes.Status400BadRequest, new IntakeAnswer(false, 0, 0, rejected))
            : new Result(StatusCodes.Status200OK, new IntakeAnswer(true, result.Accepted, result.Duplicates, rejected));
    }

    private IReadOnlyList<RejectedAnswer> Rejected(ParsedRequest parsed, IngestResult result)
    {
        if (parsed.Rejects.Count == 0 && result.Late + result.Unreadable == 0) return [];
        var rejected = parsed.Rejects.Select(reject => new RejectedAnswer(reject.Index, reject.Code, reject.Message)).ToList();
        if (result.Late + result.Unreadable == 0) return rejected;
        for (var i = 0; i < result.Outcomes.Count; i++)
        {
            var (code, why) = result.Outcomes[i] switch
            {
                EventOutcome.Late => (RejectCodes.Late,
                    $"the event happened at {parsed.Events[i].OccurredAt}, which is longer ago than the engine's allowed lateness; "
                    + "it was kept aside"),
                EventOutcome.Unreadable => (RejectCodes.CustomerUnreadable,
                    "what is stored of the event's customer is damaged; the event was kept aside, do not send it again"),
                _ => (null, null),
            };
            if (code is null || why is null) continue;
            instruments.Rejected(code);
            rejected.Add(new RejectedAnswer(parsed.PositionOf(i), code, why));
        }

        rejected.Sort((left, right) => left.Index.CompareTo(right.Index));
        return rejected;
    }

    /// <summary>
    /// Answers and keeps a request that is wrong as a whole. Of a sender without a key nothing is kept but the fact, and that within
    /// a limit.
    /// </summary>
    private async Task<Result> RefuseAsync(
        HttpContext context, CallType? type, int status, ItemProblem problem, ReadOnlyMemory<byte> body, bool isAllowed,
        DateTimeOffset receivedAt)
    {
        instruments.Rejected(problem.Code);
        if (isAllowed || _unauthorizedKept.TryTake())
        {
            var text = isAllowed ? ParsedRequest.TextOf(body.Span) : "";
            var reject = ParsedRequest.RejectOf(receivedAt, WholeRequest, problem, type, text, options.RejectLengthMax);
            await commit.KeepAsync(reject, context.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            instruments.RejectNotKept(problem.Code);
        }

        return Refused(status, problem);
    }

    private Result Busy()
    {
        instruments.Rejected(RejectCodes.Unavailable);
        return Refused(StatusCodes.Status429TooManyRequests, new ItemProblem(RejectCodes.Unavailable,
            $"{options.RequestsInFlightMax} requests are being worked on, which is the limit; send the same request again later"));
    }

    private Result Unavailable(string message)
    {
        instruments.Rejected(RejectCodes.Unavailable);
        return Refused(StatusCodes.Status503ServiceUnavailable, new ItemProblem(RejectCodes.Unavailable, message));
    }

    private static Result Refused(int status, ItemProblem problem) =>
        new(status, new IntakeAnswer(false, 0, 0, [new RejectedAnswer(WholeRequest, problem.Code, problem.Message)]));

    private static string? TraceParentOf(HttpContext context)
    {
        var header = context.Request.Headers.TraceParent.ToString();
        return header.Length == TraceParentLengthMax ? header : null;
    }
}
