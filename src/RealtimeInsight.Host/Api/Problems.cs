using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Host.Api;

/// <summary>Answers to wrong requests.</summary>
internal static class Problems
{
    /// <summary>Most entries of one answer, and the rule that a <c>limit</c> in an address is held to.</summary>
    public const int LimitMax = 1_000;

    public static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, title: "The request is wrong", detail: detail);

    /// <summary>The request is right; what it is about does not allow it.</summary>
    public static ProblemHttpResult NotPossible(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, title: "Not possible as things are", detail: detail);

    /// <summary>A model version that must not serve.</summary>
    public static ProblemHttpResult Refused(ModelRefusedException refused)
    {
        ArgumentNullException.ThrowIfNull(refused);
        return TypedResults.Problem(
            statusCode: StatusCodes.Status422UnprocessableEntity, title: "The version is refused", detail: refused.Message,
            extensions: new Dictionary<string, object?> { ["reason"] = refused.Reason });
    }

    public static ProblemHttpResult BadLimit(int limit, int most) => Bad($"limit is {limit}; use 1 to {most}");
}
