using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace RealtimeInsight.Host.Api;

/// <summary>Answers to wrong requests.</summary>
internal static class Problems
{
    public static ProblemHttpResult Bad(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status400BadRequest, title: "The request is wrong", detail: detail);

    public static ProblemHttpResult BadLimit(int limit, int most) => Bad($"limit is {limit}; use 1 to {most}");
}
