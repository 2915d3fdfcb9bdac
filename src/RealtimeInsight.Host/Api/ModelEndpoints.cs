using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Host.Api;

/// <param name="Version">A version that <c>GET /v1/models</c> lists; not needed for a rollback.</param>
/// <param name="Share">Part of the customers, 0 to 1; for share and shadow. 0 ends it.</param>
public sealed record ModelRequest(string? Version, double? Share);

/// <summary>
/// Which model versions there are and what each does. A change is answered when it is in effect and would outlive a restart.
/// </summary>
internal static class ModelEndpoints
{
    private const long UploadBytesMax = 512L * 1024 * 1024;

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var reads = routes.ReadGroup("/v1/models", "models");
        reads.MapGet("", List).WithName("getModels")
            .WithSummary("The versions in the repository, what each does, and how a shadow compares.");
        reads.MapGet("/watch", static (ICustomerEngine engine) => TypedResults.Ok(engine.GetModelWatch())).WithName("watchModels")
            .WithSummary("Live quality of each version by the customers' own outcomes, and drift against its training data.");
        var changes = routes.AdminGroup("/v1/models", "models")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);
        changes.MapPost("/register", Register).WithName("registerModel")
            .WithMetadata(new RequestSizeLimitAttribute(UploadBytesMax))
            .WithSummary("Checks and warms up a version and keeps it; it serves nobody yet.")
            .WithDescription("Form files manifest (model.json), step (step.onnx) and fold (fold.onnx).");
        Map(changes, "promote", ModelAction.Promote, "Makes a version the champion.");
        Map(changes, "rollback", ModelAction.Rollback, "Makes the champion before the champion again.");
        Map(changes, "share", ModelAction.Share, "Lets a version score a fixed share of the customers as the challenger.");
        Map(changes, "shadow", ModelAction.Shadow, "Lets a version score a share of the customers without effect, to be compared.");
    }

    private static void Map(RouteGroupBuilder group, string path, ModelAction action, string summary) =>
        group.MapPost($"/{path}", (ModelRequest? request, EngineGate gate, CancellationToken cancellationToken) =>
                DoAsync(gate, new ModelChange(action, request?.Version, request?.Share).Apply, cancellationToken))
            .WithName($"{path}Model").WithSummary(summary);

    private static Ok<ModelListing> List(EngineGate gate) => TypedResults.Ok(gate.Models.List());

    private static async Task<Results<Ok<ModelListing>, ProblemHttpResult>> Register(
        HttpContext context, EngineGate gate, CancellationToken cancellationToken)
    {
        var (found, problem) = await FormFiles.ReadAsync(context, UploadBytesMax, ["manifest", "step", "fold"], cancellationToken)
            .ConfigureAwait(false);
        if (problem is not null) return problem;
        var version = new ModelFiles(found[0], found[1], found[2]);
        return await DoAsync(gate, registry => registry.Register(version), cancellationToken).ConfigureAwait(false);
    }

    private static Task<Results<Ok<ModelListing>, ProblemHttpResult>> DoAsync(
        EngineGate gate, Action<ModelRegistry> change, CancellationToken cancellationToken)
    {
        var registry = gate.Models;
        return RegistryChange.DoAsync(() => change(registry), registry.List, cancellationToken);
    }
}
