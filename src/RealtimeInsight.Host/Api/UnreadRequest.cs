using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace RealtimeInsight.Host.Api;

/// <summary>Says what is wrong with a request that the framework could not read into an endpoint's parameters.</summary>
internal static class UnreadRequest
{
    private const int ShownMax = 64;

    public static void Describe(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Detail is not null) return;
        problem.Detail = problem.Status switch
        {
            StatusCodes.Status400BadRequest => ParameterOf(context.HttpContext) ?? BodyOf(context.HttpContext),
            StatusCodes.Status415UnsupportedMediaType => "The body is not declared as JSON; send Content-Type: application/json.",
            _ => null,
        };
    }

    private static string? ParameterOf(HttpContext context)
    {
        var query = context.Request.Query;
        foreach (var parameter in context.GetEndpoint()?.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
        {
            var name = parameter.GetCustomAttributes().OfType<IFromQueryMetadata>().FirstOrDefault()?.Name ?? parameter.Name!;
            if (!query.TryGetValue(name, out var given)) continue;
            var value = given.ToString();
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            var rule = type == typeof(int) && !int.TryParse(value, CultureInfo.InvariantCulture, out _)
                    ? name == "limit" ? $"1 to {Problems.LimitMax}" : "a whole number"
                : type == typeof(long) && !long.TryParse(value, CultureInfo.InvariantCulture, out _) ? "a whole number"
                : type == typeof(bool) && !bool.TryParse(value, out _) ? "true or false" : null;
            if (rule is not null) return $"{name} is '{(value.Length > ShownMax ? value[..ShownMax] + "..." : value)}'; use {rule}";
        }

        return null;
    }

    /// <summary>The body is not shown: it may hold anything.</summary>
    private static string? BodyOf(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType is not { } type) return null;
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(static member =>
            $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name)} ({KindOf(member.PropertyType)})");
        return $"the body is missing, or is not a JSON object with the right types; its members: {string.Join(", ", members)}";
    }

    private static string KindOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type == typeof(string) ? "a string" : type == typeof(int) ? "a whole number" : "a number";
    }
}
