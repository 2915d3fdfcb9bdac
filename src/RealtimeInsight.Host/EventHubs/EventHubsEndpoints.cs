using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>Where producers written for Event Hubs send; routes exist for the configured hubs only.</summary>
internal static class EventHubsEndpoints
{
    public static void MapEventHubs(this IEndpointRouteBuilder routes, EventHubsOptions options)
    {
        foreach (var hub in options.Hubs)
        {
            Map(routes, $"/{hub}/messages", static (HttpContext context, EventHubsHandler handler) =>
                handler.HandleAsync(context, isToPartition: false));
            Map(routes, $"/{hub}/publishers/{{publisher}}/messages", static (HttpContext context, EventHubsHandler handler) =>
                handler.HandleAsync(context, isToPartition: false));
            Map(routes, $"/{hub}/partitions/{{partition:int:min(0)}}/messages", static (HttpContext context, EventHubsHandler handler) =>
                handler.HandleAsync(context, isToPartition: true));
        }
    }

    private static void Map(IEndpointRouteBuilder routes, string path, Delegate answer) => routes.MapPost(path, answer)
        .WithTags("event hubs")
        .WithSummary("Sends events in the REST form of Azure Event Hubs.")
        .WithDescription(
            "Authorization: a shared access signature. One event, whose body is what an item of /v1/batch is, or an array of objects "
            + $"with Body as {HubMessages.BatchMediaType}. An event that is not accepted is kept at /v1/rejects.")
        .WithMetadata(new AcceptsMetadata(["*/*"], typeof(object), isOptional: false))
        .Produces(StatusCodes.Status201Created)
        .Produces<IntakeAnswer>(StatusCodes.Status400BadRequest)
        .Produces<IntakeAnswer>(StatusCodes.Status401Unauthorized)
        .Produces<IntakeAnswer>(StatusCodes.Status413PayloadTooLarge)
        .Produces<IntakeAnswer>(StatusCodes.Status503ServiceUnavailable);
}
