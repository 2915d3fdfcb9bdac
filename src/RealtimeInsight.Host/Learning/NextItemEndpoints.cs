using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Host.Api;

namespace RealtimeInsight.Host.Learning;

/// <param name="Version">Which; for promote.</param>
public sealed record NextItemRequest(string? Version);

/// <summary>Which trained order of next items serves. A change is answered when it is in effect and would outlive a restart.</summary>
internal static class NextItemEndpoints
{
    private const long UploadBytesMax = 512L * 1024 * 1024;

    public static void MapNextItems(this IEndpointRouteBuilder routes)
    {
        routes.ReadGroup("/v1/next-items", "learning").MapGet("", List).WithName("getNextItems")
            .WithSummary("Versions of the trained order of next items, which serves, and how it does beside live items alone.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        var changes = routes.AdminGroup("/v1/next-items", "learning")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        changes.MapPost("/register", RegisterAsync).WithName("registerNextItems")
            .WithMetadata(new RequestSizeLimitAttribute(UploadBytesMax))
            .WithSummary("Checks and tries a version and keeps it; it serves nobody yet.")
            .WithDescription("Form files manifest (model.json) and items (items.bin).");
        changes.MapPost("/promote", (NextItemRequest? request, EngineGate gate, CancellationToken cancellationToken) =>
                DoAsync(gate, registry => registry.Promote(request?.Version), cancellationToken))
            .WithName("promoteNextItems").WithSummary("Lets a version order the recommendations.");
        changes.MapPost("/rollback", (EngineGate gate, CancellationToken cancellationToken) =>
                DoAsync(gate, static registry => registry.Rollback(), cancellationToken))
            .WithName("rollbackNextItems").WithSummary("Back to the version before, or to live items alone.");
    }

    private static Results<Ok<NextItemListing>, ProblemHttpResult> List(EngineGate gate) =>
        gate.NextItems is { } registry ? TypedResults.Ok(registry.List()) : Off();

    private static async Task<Results<Ok<NextItemListing>, ProblemHttpResult>> RegisterAsync(
        HttpContext context, EngineGate gate, CancellationToken cancellationToken)
    {
        var (files, problem) = await FormFiles.ReadAsync(context, UploadBytesMax, ["manifest", "items"], cancellationToken)
            .ConfigureAwait(false);
        if (problem is not null) return problem;
        return await DoAsync(gate, registry => registry.Register(files[0], files[1]), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Results<Ok<NextItemListing>, ProblemHttpResult>> DoAsync(
        EngineGate gate, Action<NextItemRegistry> change, CancellationToken cancellationToken)
    {
        if (gate.NextItems is not { } registry) return Off();
        return await RegistryChange.DoAsync(() => change(registry), registry.List, cancellationToken).ConfigureAwait(false);
    }

    private static ProblemHttpResult Off() => Problems.NotPossible(
        "this engine keeps no trained order of next items; set Engine:Learning:Items:IsOn to true");
}
