using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Host.Api;

/// <summary>Changes of what serves, by request.</summary>
internal static class RegistryChange
{
    /// <summary>Makes the change, which may take seconds, away from the caller; the answer is how things are then, or why not.</summary>
    public static async Task<Results<Ok<T>, ProblemHttpResult>> DoAsync<T>(
        Action change, Func<T> list, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Run(change, cancellationToken).ConfigureAwait(false);
            return TypedResults.Ok(list());
        }
        catch (ModelRequestException problem)
        {
            return Problems.NotPossible(problem.Message);
        }
        catch (ModelRefusedException refused)
        {
            return Problems.Refused(refused);
        }
    }
}
