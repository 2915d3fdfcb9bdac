using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <param name="Status">live, ready, degraded or not_ready.</param>
/// <param name="Reasons">Why not ready, or what is degraded.</param>
public sealed record HealthAnswer(string Status, IReadOnlyList<string> Reasons);

/// <summary>For orchestrators: alive, and ready to take events. A broken model degrades; it never takes the intake out.</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health/live", () => Results.Ok(new HealthAnswer("live", [])))
            .WithName("live").WithTags("health").WithSummary("200 while the process answers.")
            .Produces<HealthAnswer>();
        routes.MapGet("/health/ready", Ready)
            .WithName("ready").WithTags("health").WithSummary("200 once events are taken and the model is warm; 503 with reasons before.")
            .Produces<HealthAnswer>().Produces<HealthAnswer>(StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Ready(ICustomerEngine engine)
    {
        var status = engine.GetStatus();
        if (!status.IsReady)
        {
            return Results.Json(new HealthAnswer("not_ready", status.Problems), statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        return Results.Ok(new HealthAnswer(status.Problems.Count == 0 ? "ready" : "degraded", status.Problems));
    }
}
