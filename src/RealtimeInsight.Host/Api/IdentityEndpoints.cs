using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <summary>Which id is to be merged into the customer of the address, or taken out of it.</summary>
/// <param name="From">A <c>userId</c> as sent, or <c>anon:</c> and an <c>anonymousId</c>.</param>
internal sealed record MergeRequest(string? From);

/// <summary>Requests to merge two customers, to part them again, and to forget one; they need an admin key.</summary>
internal static class IdentityEndpoints
{
    public static void MapIdentity(this IEndpointRouteBuilder routes)
    {
        var group = routes.AdminGroup("/v1/customers/{id}", "identity")
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        group.MapPost("/merge", Merge).WithName("mergeCustomer")
            .WithSummary("The history of another id becomes this customer's, with what is sent under that id from now on.");
        group.MapPost("/unmerge", Unmerge).WithName("unmergeCustomer")
            .WithSummary("What was sent under an id that was merged is a customer of its own again.");
        group.MapDelete("", Erase).WithName("eraseCustomer")
            .WithSummary("Forgets a customer: state, events, decisions, actions, rejects, and all ids that were merged into it.")
            .WithDescription("Answers when nothing is left, which takes as long as saving every customer (Engine:SaveInterval). "
                + "What happened before is not taken again; later events begin a new customer. Of an id that never became a customer, "
                + "kept rejects that name it go: ids is 0 then.");
    }

    private static async Task<Results<Ok<ErasureResult>, ProblemHttpResult>> Erase(
        string id, HttpContext context, ICustomerEngine engine, CancellationToken cancellationToken)
    {
        if (!CustomerId.TryParse(AddressedId.Of(context, id), out var customer, out var problem)) return Bad(problem);
        var erased = await engine.EraseAsync(customer, cancellationToken).ConfigureAwait(false);
        return erased is not null
            ? TypedResults.Ok(erased)
            : Problem(
                StatusCodes.Status404NotFound, "No such customer",
                "Nothing is known under this id, and no kept reject names it. A visitor has anon: before the anonymousId.");
    }

    private static Task<Results<Ok<MergeResult>, ProblemHttpResult>> Merge(
        string id, MergeRequest request, HttpContext context, ICustomerEngine engine, CancellationToken cancellationToken) =>
        RunAsync(AddressedId.Of(context, id), request, (into, from) => engine.MergeAsync(into, from, cancellationToken));

    private static Task<Results<Ok<MergeResult>, ProblemHttpResult>> Unmerge(
        string id, MergeRequest request, HttpContext context, ICustomerEngine engine, CancellationToken cancellationToken) =>
        RunAsync(AddressedId.Of(context, id), request, async (into, from) =>
        {
            var result = await engine.UnmergeAsync(into, from, cancellationToken).ConfigureAwait(false);
            if (result.Outcome != MergeOutcome.NothingToDo) return result;
            var known = await engine.GetInsightAsync(from, cancellationToken).ConfigureAwait(false);
            return known is null ? result with { Outcome = MergeOutcome.Unknown } : result;
        });

    private static async Task<Results<Ok<MergeResult>, ProblemHttpResult>> RunAsync(
        string id, MergeRequest request, Func<CustomerId, CustomerId, ValueTask<MergeResult>> run)
    {
        if (!CustomerId.TryParse(id, out var into, out var problem)) return Bad(problem);
        if (!CustomerId.TryParse(request.From, out var from, out problem)) return Bad($"from: {problem}");
        var result = await run(into, from).ConfigureAwait(false);
        return result.Outcome switch
        {
            MergeOutcome.Unknown => Problem(
                StatusCodes.Status404NotFound, "No such customer",
                "No event was accepted under the id of 'from'. A visitor has anon: before the anonymousId."),
            MergeOutcome.BelongsToAnother => Problem(
                StatusCodes.Status409Conflict, "The id belongs to another customer",
                $"'from' was merged into {result.CustomerId}; take it out of there first (unmerge), then send this again."),
            MergeOutcome.TooLong => Problem(
                StatusCodes.Status409Conflict, "The history is too long",
                "The customer has more events than may be folded again (raise Engine:MergeEventsMax and start the host again), or the "
                + "oldest are not kept any more."),
            _ => TypedResults.Ok(result),
        };
    }

    private static ProblemHttpResult Bad(string detail) => Problem(StatusCodes.Status400BadRequest, "The request is wrong", detail);

    private static ProblemHttpResult Problem(int status, string title, string detail) =>
        TypedResults.Problem(statusCode: status, title: title, detail: detail);
}
