using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace RealtimeInsight.Host.Intake;

/// <summary>The Segment-compatible calls under <c>/v1</c>.</summary>
internal static class IntakeEndpoints
{
    private static readonly (string Call, CallType? Type, string Summary)[] Calls =
    [
        ("track", CallType.Track, "Something a customer did, by its event name."),
        ("identify", CallType.Identify, "Who a visitor is, and traits of a customer."),
        ("page", CallType.Page, "A page was viewed."),
        ("screen", CallType.Screen, "A screen of an app was viewed."),
        ("group", CallType.Group, "A customer belongs to a group."),
        ("alias", CallType.Alias, "A visitor (previousId) is a customer (userId)."),
        ("batch", null, "Up to 2,500 of these calls in one request of at most 500 KB."),
    ];

    public static void MapIntake(this IEndpointRouteBuilder routes)
    {
        foreach (var (call, type, summary) in Calls)
        {
            routes.MapPost($"/v1/{call}", (HttpContext context, IntakeHandler handler) => handler.HandleAsync(context, call, type))
                .WithName(call)
                .WithTags("intake")
                .WithSummary(summary)
                .WithDescription(Description)
                .WithMetadata(new AcceptsMetadata(["application/json", "*/*"], typeof(object), isOptional: false))
                .Produces<IntakeAnswer>()
                .Produces<IntakeAnswer>(StatusCodes.Status400BadRequest)
                .Produces<IntakeAnswer>(StatusCodes.Status401Unauthorized)
                .Produces<IntakeAnswer>(StatusCodes.Status413PayloadTooLarge)
                .Produces<IntakeAnswer>(StatusCodes.Status429TooManyRequests)
                .Produces<IntakeAnswer>(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private static string Description =>
        "Write key: user of Basic authentication with an empty password, Bearer token, or writeKey in the body. Body: JSON of the Segment "
        + "HTTP tracking interface, any content type, gzip allowed; an event has at most 32 KB. In a batch each wrong item is rejected "
        + $"on its own. Codes: {string.Join(", ", RejectCodes.All)}.";
}
