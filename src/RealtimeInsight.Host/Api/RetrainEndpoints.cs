using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Host.Retraining;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Host.Api;

/// <param name="IsOn">Whether a trainer is configured.</param>
/// <param name="State">Null where none is.</param>
internal sealed record RetrainView(bool IsOn, RetrainState? State);

/// <summary>Where the retraining stands, and what somebody decides about it.</summary>
internal static class RetrainEndpoints
{
    public static void MapRetraining(this IEndpointRouteBuilder routes)
    {
        routes.ReadGroup("/v1/models/retraining", "models").MapGet("", Read).WithName("getRetraining")
            .WithSummary("The version that is trained or compared, why, and what became of those before.");
        var changes = routes.AdminGroup("/v1/models/retraining", "models").ProducesProblem(StatusCodes.Status409Conflict);
        Map(changes, "train", static retrainer => retrainer.TrainNowAsync(), "Trains a new version now.");
        Map(changes, "approve", static retrainer => retrainer.ApproveAsync(), "Makes the compared version the champion.");
        Map(changes, "reject", static retrainer => retrainer.RejectAsync(), "Takes the compared version out of the shadow.");
    }

    private static Ok<RetrainView> Read(RetrainService service) =>
        TypedResults.Ok(new RetrainView(service.IsOn, service.IsOn ? service.Retrainer.State : null));

    private static void Map(RouteGroupBuilder group, string path, Func<Retrainer, Task> work, string summary) =>
        group.MapPost($"/{path}", async Task<Results<Ok<RetrainState>, ProblemHttpResult>> (RetrainService service) =>
            {
                try
                {
                    var retrainer = service.Retrainer;
                    await work(retrainer).ConfigureAwait(false);
                    return TypedResults.Ok(retrainer.State);
                }
                catch (Exception problem) when (problem is ModelRequestException or ModelRefusedException)
                {
                    return Problems.NotPossible(problem.Message);
                }
            })
            .WithName($"{path}Retraining").WithSummary(summary);
}
