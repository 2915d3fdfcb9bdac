using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Inference.Learning;

namespace RealtimeInsight.Host.Learning;

/// <param name="IsOn">Whether outcomes correct the scores: Inference:CorrectProbabilities.</param>
/// <param name="Versions">By name/version.</param>
public sealed record CorrectionsAnswer(bool IsOn, IReadOnlyDictionary<string, HeadCorrections> Versions);

/// <summary>What outcomes have shown of the scores, and the way back.</summary>
internal static class CorrectionEndpoints
{
    public static void MapCorrections(this IEndpointRouteBuilder routes)
    {
        routes.ReadGroup("/v1/models", "models").MapGet("/corrections", Get).WithName("getCorrections")
            .WithSummary("By version and head: what a score's logit is multiplied by and added to, by the outcomes that count.");
        routes.AdminGroup("/v1/models", "models").MapPost("/corrections/reset", ResetAsync).WithName("resetCorrections")
            .WithSummary("Back to the probabilities that the models were trained to give; learning begins anew.");
    }

    private static Ok<CorrectionsAnswer> Get(EngineGate gate) => TypedResults.Ok(Read(gate));

    private static async Task<Results<Ok<CorrectionsAnswer>, ProblemHttpResult>> ResetAsync(
        EngineGate gate, CancellationToken cancellationToken)
    {
        if (gate.Corrections is not { } keeper)
        {
            return Problems.NotPossible("scores are not corrected by outcomes; set Inference:CorrectProbabilities to true to begin");
        }

        await keeper.ResetAsync(cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(Read(gate));
    }

    private static CorrectionsAnswer Read(EngineGate gate) => gate.Corrections is not { } keeper
        ? new CorrectionsAnswer(false, new Dictionary<string, HeadCorrections>())
        : new CorrectionsAnswer(true, keeper.Corrections.Read().ToDictionary(pair => gate.NameOf(pair.Key), pair => pair.Value));
}
