using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.ObjectPool;
using Microsoft.Net.Http.Headers;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>
/// One request in Event Hubs' REST form from its token to its answer. Like Event Hubs it takes any event and answers 201: one that is
/// no event of a customer is kept as a reject, as the reader of a hub sets it aside. Thread-safe.
/// </summary>
internal sealed class EventHubsHandler(
    IntakeCommit commit, EventHubsOptions options, IntakeOptions intake, IntakeInstruments instruments, TimeProvider time)
{
    /// <summary>Names the way in, in rejects and in metrics.</summary>
    public const string Source = "eventhubs";

    private const int WholeRequest = -1;

    private readonly SharedAccessTokens _tokens = new(options, time);
    private readonly PerMinuteLimit _unauthorizedKept = new(intake.UnauthorizedKeptPerMinuteMax, time);
    private readonly ObjectPool<RequestParser> _parsers =
        new DefaultObjectPool<RequestParser>(new ParserPolicy(intake.FutureMax), Environment.ProcessorCount * 2);

    private int _inFlight;

    private readonly record struct Refusal(int Status, ItemProblem Problem);

    public async Task HandleAsync(HttpContext context, bool isToPartition)
    {
        Refusal? refusal;
        try
        {
            refusal = Interlocked.Increment(ref _inFlight) <= options.RequestsInFlightMax
                ? await WorkAsync(context, isToPartition).ConfigureAwait(false)
                : Unavailable($"{options.RequestsInFlightMax} requests are being worked on, which is the limit");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender is gone: nobody is there to read an answer.
            instruments.Request(Source, StatusCodes.Status499ClientClosedRequest);
            return;
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }

        var status = refusal?.Status ?? StatusCodes.Status201Created;
        instruments.Request(Source, status);
        context.Response.StatusCode = status;
        if (refusal is not { Problem: var problem }) return;
        instruments.Rejected(problem.Code);
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = ((long)Math.Ceiling(intake.RetryAfter.TotalSeconds)).ToString();
        }

        if (status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "SharedAccessSignature";
        var answer = new IntakeAnswer(false, 0, 0, [new RejectedAnswer(WholeRequest, problem.Code, problem.Message)]);
        await AnswerWriter.WriteAsync(context, answer).ConfigureAwait(false);
    }

    private async Task<Refusal?> WorkAsync(HttpContext context, bool isToPartition)
    {
        var request = context.Request;
        var receivedAt = time.GetUtcNow();
        if (!_tokens.Allows(request.Headers.Authorization.ToString(), request.Path.Value ?? ""))
        {
            var unauthorized = new ItemProblem(RejectCodes.Unauthorized,
                "no valid shared access signature for this path; sign its address with a key of EventHubs:Keys and a time in the future");
            if (_unauthorizedKept.TryTake()) await KeepAsync(unauthorized, "", receivedAt, context.RequestAborted).ConfigureAwait(false);
            else instruments.RejectNotKept(unauthorized.Code);
            return new Refusal(StatusCodes.Status401Unauthorized, unauthorized);
        }

        using var body = await RequestBody.ReadAsync(request, EventHubsOptions.RequestBytesMax, context.RequestAborted)
            .ConfigureAwait(false);
        var parsed = new ParsedRequest { Source = Source };
        if ((body.Problem ?? Parse(request, body.Memory, isToPartition, receivedAt, parsed)) is { } problem)
        {
            var text = ParsedRequest.TextOf(body.Memory.Span);
            await KeepAsync(problem, text, receivedAt, context.RequestAborted).ConfigureAwait(false);
            return new Refusal(body.Problem is null ? StatusOf(problem) : body.Status, problem);
        }

        return await CommitAsync(parsed, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Reads the request into <paramref name="parsed"/>; what is wrong with it as a whole, or null.</summary>
    private ItemProblem? Parse(
        HttpRequest request, ReadOnlyMemory<byte> body, bool isToPartition, DateTimeOffset receivedAt, ParsedRequest parsed)
    {
        var messages = new List<HubMessage>();
        var isBatch = MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals(HubMessages.BatchMediaType, StringComparison.OrdinalIgnoreCase);
        var problem = isBatch
            ? HubMessages.ReadBatch(body, isToPartition, messages)
            : HubMessages.ReadSingle(body, request.Headers["BrokerProperties"].ToString(), isToPartition, messages);
        if (problem is not null) return problem;
        var parser = _parsers.Get();
        try
        {
            foreach (var message in messages) parser.ReadMessage(message.Body, message.MessageId, receivedAt, parsed);
        }
        finally
        {
            parser.Clear();
            _parsers.Return(parser);
        }

        var count = parsed.Events.Count + parsed.Rejects.Count;
        return count > IntakeOptions.BatchEventsMax ? HubMessages.TooMany(count) : null;
    }

    private static int StatusOf(ItemProblem whole) =>
        whole.Code == RejectCodes.TooMany ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status400BadRequest;

    private async Task<Refusal?> CommitAsync(ParsedRequest parsed, CancellationToken aborted)
    {
        IngestResult result;
        try
        {
            result = await commit.IngestAsync(parsed.ToBatch(), aborted).ConfigureAwait(false);
        }
        catch (EngineUnavailableException)
        {
            return Unavailable("the engine cannot commit events now");
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return Unavailable("the engine did not commit in time");
        }

        foreach (var reject in parsed.Rejects) instruments.Rejected(reject.Code);
        for (var i = 0; i < result.Late; i++) instruments.Rejected(RejectCodes.Late);
        instruments.Received(parsed.Events, Source);
        instruments.Duplicates(result.Duplicates);
        return null;
    }

    private Task KeepAsync(ItemProblem problem, string body, DateTimeOffset receivedAt, CancellationToken aborted) => commit.KeepAsync(
        ParsedRequest.RejectOf(receivedAt, WholeRequest, problem, null, body, intake.RejectLengthMax) with { Source = Source }, aborted);

    private static Refusal Unavailable(string why) => new(
        StatusCodes.Status503ServiceUnavailable,
        new ItemProblem(RejectCodes.Unavailable, $"{why}; send the same request again later"));
}
