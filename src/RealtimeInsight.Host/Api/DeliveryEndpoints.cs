using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <summary>Which dead letters to redrive; all that is given has to hold.</summary>
/// <param name="NewerThan">Decided at most this long ago: 45s, 30m, 24h, 7d.</param>
/// <param name="OlderThan">Decided longer ago than this.</param>
/// <param name="Limit">Most of them, the newest first; 1 to 10,000, 1,000 where absent.</param>
public sealed record RedriveRequest(string? Channel, string? NewerThan, string? OlderThan, int? Limit);

public sealed record RedriveAnswer(int Redriven);

/// <summary>Actions that were given up, and the endpoints that actions go to.</summary>
internal static class DeliveryEndpoints
{
    private const int ListLimit = 50;
    private const int RedriveMax = 10_000;
    private const int RedriveLimit = 1_000;

    public static void MapDelivery(this IEndpointRouteBuilder routes)
    {
        var group = routes.ReadGroup("/v1", "delivery");
        group.MapGet("/dead-letters", ListDead).WithName("getDeadLetters")
            .WithSummary("Actions that were given up, the newest death first.")
            .WithDescription("newer_than and older_than are ages of the decision such as 24h; cursor is 'next' of the page before.");
        group.MapGet("/dead-letters/{decision_id}", GetDead).WithName("getDeadLetter")
            .WithSummary("One dead letter with every attempt and what is sent.");
        group.MapGet("/endpoints", GetEndpoints).WithName("getEndpoints")
            .WithSummary("Where actions go, and whether anything is sent there now.");
        var changes = routes.AdminGroup("/v1", "delivery");
        changes.MapPost("/dead-letters/{decision_id}/redrive", RedriveOne).WithName("redriveDeadLetter")
            .WithSummary("Makes one dead letter pending again, under the same id.");
        changes.MapPost("/dead-letters/redrive", RedriveMany).WithName("redriveDeadLetters")
            .WithSummary("Makes dead letters that pass a filter pending again, the newest first.");
        changes.MapPost("/endpoints/{name}/enable", Enable).WithName("enableEndpoint")
            .WithSummary("Lets a disabled endpoint be sent to again.")
            .WithDescription("What became a dead letter meanwhile stays one until it is redriven.");
        changes.MapPost("/endpoints/{name}/disable", Disable).WithName("disableEndpoint")
            .WithSummary("Sends nothing to an endpoint until it is enabled: its actions become dead letters.");
    }

    private static async Task<Results<Ok<DeadLetterPage>, ProblemHttpResult>> ListDead(
        string? channel, [FromQuery(Name = "newer_than")] string? newerThan, [FromQuery(Name = "older_than")] string? olderThan,
        int? limit, string? cursor, ICustomerEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var most = limit ?? ListLimit;
        if (most is < 1 or > Problems.LimitMax) return Problems.BadLimit(most, Problems.LimitMax);
        var filter = FilterOf(channel, newerThan, olderThan, time, out var problem);
        if (filter is null) return Problems.Bad(problem);
        try
        {
            return TypedResults.Ok(await engine.Delivery.ListAsync(filter, most, cursor, cancellationToken).ConfigureAwait(false));
        }
        catch (FormatException bad)
        {
            return Problems.Bad(bad.Message);
        }
    }

    private static async Task<Results<Ok<DeadLetterView>, ProblemHttpResult>> GetDead(
        [FromRoute(Name = "decision_id")] string decisionId, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        var found = await engine.Delivery.FindAsync(decisionId, cancellationToken).ConfigureAwait(false);
        return found is null ? NoLetter() : TypedResults.Ok(found);
    }

    private static async Task<Results<Ok<RedriveAnswer>, ProblemHttpResult>> RedriveOne(
        [FromRoute(Name = "decision_id")] string decisionId, ICustomerEngine engine, CancellationToken cancellationToken) =>
        await engine.Delivery.RedriveAsync(decisionId, cancellationToken).ConfigureAwait(false)
            ? TypedResults.Ok(new RedriveAnswer(1))
            : NoLetter();

    private static async Task<Results<Ok<RedriveAnswer>, ProblemHttpResult>> RedriveMany(
        RedriveRequest request, ICustomerEngine engine, TimeProvider time, CancellationToken cancellationToken)
    {
        var most = request.Limit ?? RedriveLimit;
        if (most is < 1 or > RedriveMax) return Problems.BadLimit(most, RedriveMax);
        var filter = FilterOf(request.Channel, request.NewerThan, request.OlderThan, time, out var problem);
        if (filter is null) return Problems.Bad(problem);
        return TypedResults.Ok(new RedriveAnswer(
            await engine.Delivery.RedriveAsync(filter, most, cancellationToken).ConfigureAwait(false)));
    }

    private static async Task<Ok<IReadOnlyList<EndpointStatus>>> GetEndpoints(
        ICustomerEngine engine, CancellationToken cancellationToken) =>
        TypedResults.Ok(await engine.Delivery.GetEndpointsAsync(cancellationToken).ConfigureAwait(false));

    private static async Task<Results<Ok<EndpointStatus>, ProblemHttpResult>> Enable(
        string name, ICustomerEngine engine, CancellationToken cancellationToken) => await AnswerAsync(
            name, engine, await engine.Delivery.EnableAsync(name, cancellationToken).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);

    private static async Task<Results<Ok<EndpointStatus>, ProblemHttpResult>> Disable(
        string name, ICustomerEngine engine, CancellationToken cancellationToken) => await AnswerAsync(
            name, engine, await engine.Delivery.DisableAsync(name, cancellationToken).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);

    private static async Task<Results<Ok<EndpointStatus>, ProblemHttpResult>> AnswerAsync(
        string name, ICustomerEngine engine, bool isKnown, CancellationToken cancellationToken)
    {
        var endpoints = await engine.Delivery.GetEndpointsAsync(cancellationToken).ConfigureAwait(false);
        return isKnown && endpoints.FirstOrDefault(endpoint => endpoint.Name == name) is { } found
            ? TypedResults.Ok(found)
            : NoEndpoint(endpoints, name);
    }

    private static DeadLetterFilter? FilterOf(
        string? channel, string? newerThan, string? olderThan, TimeProvider time, out string problem)
    {
        problem = "";
        var now = Instant.From(time.GetUtcNow());
        return TryAge("newer_than", newerThan, now, out var from, ref problem)
            && TryAge("older_than", olderThan, now, out var before, ref problem)
            ? new DeadLetterFilter(channel, from, before)
            : null;
    }

    private static bool TryAge(string name, string? text, Instant now, out Instant? at, ref string problem)
    {
        at = null;
        if (text is null) return true;
        if (Age.TryParse(text, out var age))
        {
            at = now - age;
            return true;
        }

        problem = $"{name} is not an age; write a whole number with s, m, h or d, such as 24h";
        return false;
    }

    private static ProblemHttpResult NoLetter() => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "No such dead letter",
        detail: "No action of this decision was given up, or it was redriven. GET /v1/dead-letters lists them; "
            + "GET /v1/decisions/{id} tells how the delivery of a decision stands.");

    private static ProblemHttpResult NoEndpoint(IReadOnlyList<EndpointStatus> endpoints, string name) => TypedResults.Problem(
        statusCode: StatusCodes.Status404NotFound, title: "No such endpoint",
        detail: $"'{(name.Length > 64 ? name[..64] : name)}' is not set up; there are: "
            + $"{string.Join(", ", endpoints.Select(static endpoint => endpoint.Name))}.");
}
