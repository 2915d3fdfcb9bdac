using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <summary>What is known of customers, decisions and the engine.</summary>
internal static class ReadEndpoints
{
    private const int TimelineLimit = 100;
    private const int ListLimit = 50;
    private const int DecisionIdLengthMax = 256;
    private const string AtRiskView = "at_risk";

    public static void MapReads(this IEndpointRouteBuilder routes)
    {
        var group = routes.ReadGroup("/v1", "insight");
        group.MapGet("/customers/{id}", GetCustomer).WithName("getCustomer")
            .WithSummary("One customer now: profile, session, cart, scores with model and age, segments, last decisions.")
            .WithDescription("The id is a userId as sent, or an anonymousId with or without anon: before it.");
        group.MapGet("/customers/{id}/timeline", GetTimeline).WithName("getTimeline")
            .WithSummary("A customer's events and decisions, newest first.");
        group.MapGet("/customers/{id}/explain", Explain).WithName("explainCustomer")
            .WithSummary("What one of a customer's scores is made of: contributions that add up, by part of the input.")
            .WithDescription("head is churn, abandonment or purchase.");
        group.MapGet("/customers", GetCustomers).WithName("getCustomers")
            .WithSummary("Customers with an open cart or a recent session, most at risk first (view=at_risk).");
        group.MapGet("/decisions/{id}/explain", ExplainDecision).WithName("explainDecision")
            .WithSummary("What a score was made of when it was decided.")
            .WithDescription("head is churn, abandonment or purchase. The customer's history is replayed from the log.");
        group.MapGet("/decisions/{id}", GetDecision).WithName("getDecision")
            .WithSummary("One decision with everything that went in, and its delivery attempts.");
        group.MapGet("/status", GetStatus).WithName("getStatus").WithSummary("Counters since start and gauges now.");
        group.MapGet("/live", GetLive).WithName("getLive")
            .WithSummary("Server-sent events: notice (session, cart and decision changes) and status (counters).")
            .Produces(StatusCodes.Status200OK, contentType: "text/event-stream");
    }

    private static async Task<Results<Ok<CustomerInsight>, ProblemHttpResult>> GetCustomer(
        string id, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, customer => engine.GetInsightAsync(customer, cancellationToken)).ConfigureAwait(false);
        return found.Value is null ? found.Problem! : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<IReadOnlyList<TimelineEntry>>, ProblemHttpResult>> GetTimeline(
        string id, int? limit, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        var most = limit ?? TimelineLimit;
        if (most is < 1 or > Problems.LimitMax) return Problems.BadLimit(most, Problems.LimitMax);
        var found = await FindAsync(id, customer => engine.GetTimelineAsync(customer, most, cancellationToken)).ConfigureAwait(false);
        return found.Value is null ? found.Problem! : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<IReadOnlyList<CustomerAtRisk>>, ProblemHttpResult>> GetCustomers(
        string? view, int? limit, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        var most = limit ?? ListLimit;
        if (most is < 1 or > Problems.LimitMax) return Problems.BadLimit(most, Problems.LimitMax);
        if (view is not (null or AtRiskView)) return Problems.Bad("view is not known; the only view is at_risk");
        return TypedResults.Ok(await engine.GetAtRiskAsync(most, cancellationToken).ConfigureAwait(false));
    }

    private static async Task<Results<Ok<ScoreExplanation>, ProblemHttpResult>> Explain(
        string id, string? head, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        if (ScoreHeads.Named(head) is not { } known) return BadHead(head);
        var found = await FindAsync(id, customer => engine.ExplainAsync(customer, known, cancellationToken)).ConfigureAwait(false);
        return found.Value is null ? found.Problem! : TypedResults.Ok(found.Value);
    }

    private static async Task<Results<Ok<ScoreExplanation>, ProblemHttpResult>> ExplainDecision(
        string id, string? head, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        if (ScoreHeads.Named(head) is not { } known) return BadHead(head);
        if (id.Length > DecisionIdLengthMax) return Problems.Bad($"a decision id has at most {DecisionIdLengthMax} characters");
        return await engine.ExplainDecisionAsync(id, known, cancellationToken).ConfigureAwait(false) is { } explanation
            ? TypedResults.Ok(explanation)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound, title: "No such decision to explain",
                detail: "The id is unknown, or the customer's history is too long to replay (Engine:RefoldEventsMax) or was merged.");
    }

    private static ProblemHttpResult BadHead(string? head) => Problems.Bad($"head is '{head}'; use churn, abandonment or purchase");

    private static async Task<Results<Ok<DecisionView>, ProblemHttpResult>> GetDecision(
        string id, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        if (id.Length > DecisionIdLengthMax) return Problems.Bad($"a decision id has at most {DecisionIdLengthMax} characters");
        var decision = await engine.GetDecisionAsync(id, cancellationToken).ConfigureAwait(false);
        return decision is null
            ? TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound, title: "No such decision",
                detail: "Decision ids are in last_decisions of a customer, in the timeline and in the messages of a channel.")
            : TypedResults.Ok(decision);
    }

    private static Ok<StatusAnswer> GetStatus(StatusReader status) => TypedResults.Ok(status.Read());

    private static Task GetLive(HttpContext context, LiveStreams live) => live.StreamAsync(context);

    /// <summary>Looks an id up as it is, then as that of a visitor; a slash in it arrives still encoded, and is tried last.</summary>
    internal static async ValueTask<(T? Value, ProblemHttpResult? Problem)> FindAsync<T>(string id, Func<CustomerId, ValueTask<T?>> read)
        where T : class
    {
        if (!CustomerId.TryParse(id, out var customer, out var problem)) return (null, Problems.Bad(problem));
        var value = await FindAsync(customer, read).ConfigureAwait(false);
        if (value is null && id.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            && CustomerId.TryParse(id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase), out customer, out _))
        {
            value = await FindAsync(customer, read).ConfigureAwait(false);
        }

        return value is not null ? (value, null) : (null, TypedResults.Problem(
            statusCode: StatusCodes.Status404NotFound, title: "No such customer",
            detail: "No event was accepted for this id. A known customer has the userId as it was sent; "
                + "a visitor has anon: followed by the anonymousId."));
    }

    private static async ValueTask<T?> FindAsync<T>(CustomerId customer, Func<CustomerId, ValueTask<T?>> read)
        where T : class
    {
        var value = await read(customer).ConfigureAwait(false);
        if (value is not null || customer.IsVisitor || !CustomerId.TryFromVisitor(customer.Value, out var visitor, out _)) return value;
        return await read(visitor).ConfigureAwait(false);
    }
}
