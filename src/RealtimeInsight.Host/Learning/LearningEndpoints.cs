using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Engine.Learning;
using RealtimeInsight.Host.Api;

namespace RealtimeInsight.Host.Learning;

/// <param name="Learned">In JSON as base64.</param>
public sealed record LearningExport(DateTimeOffset ExportedAt, byte[] Learned);

/// <summary>What the engine learns while it runs, and the way back.</summary>
internal static class LearningEndpoints
{
    private const long SnapshotBytesMax = 256L * 1024 * 1024;

    public static void MapLearning(this IEndpointRouteBuilder routes)
    {
        var reads = routes.ReadGroup("/v1/learning", "learning");
        reads.MapGet("", Get).WithName("getLearning").WithSummary("What was learned of each part, and whether it is frozen.");
        reads.MapGet("/export", Export).WithName("exportLearning")
            .WithSummary("Everything that was learned, to be rolled back to.");
        routes.ReadGroup("/v1", "insight").MapGet("/customers/{id}/recommendations", RecommendAsync).WithName("getRecommendations")
            .WithSummary("Items that the customer may look at next, by what others looked at after the same ones lately.")
            .ProducesProblem(StatusCodes.Status409Conflict);
        var changes = routes.AdminGroup("/v1/learning", "learning").ProducesProblem(StatusCodes.Status409Conflict);
        Map(changes, "freeze", static (desk, part) => desk.Freeze(part, isFrozen: true),
            "A part acts by what it knows now, and goes on counting.");
        Map(changes, "unfreeze", static (desk, part) => desk.Freeze(part, isFrozen: false), "A part acts by all it has counted again.");
        Map(changes, "reset", static (desk, part) => desk.Reset(part), "A part knows nothing any more; learning begins anew.");
        changes.MapPost("/rollback", RollBack).WithName("rollbackLearning")
            .WithMetadata(new RequestSizeLimitAttribute(SnapshotBytesMax))
            .WithSummary("Back to what an export holds; what came since is not counted any more.");
    }

    private static void Map(RouteGroupBuilder group, string path, Action<LearningDesk, LearnedPart> change, string summary) =>
        group.MapPost($"/{path}", (string? part, EngineGate gate) => Change(gate, part, change))
            .WithName($"{path}Learning").WithSummary(summary);

    private static Results<Ok<LearningAnswer>, ProblemHttpResult> Change(
        EngineGate gate, string? part, Action<LearningDesk, LearnedPart> change)
    {
        if (gate.Learned is not { } desk) return NothingToLearn();
        if (desk.PartOf(part) is not { } known)
        {
            return Problems.Bad($"part is '{part}'; use one that this engine learns: {string.Join(", ", desk.Parts)}");
        }

        return Done(desk, () => change(desk, known));
    }

    private static async Task<Results<Ok<IReadOnlyList<LiveRecommendation>>, ProblemHttpResult>> RecommendAsync(
        string id, int? limit, EngineGate gate, CancellationToken cancellationToken)
    {
        var most = limit ?? LiveItems.Depth;
        if (most is < 1 or > Problems.LimitMax) return Problems.BadLimit(most, Problems.LimitMax);
        if (gate.Learned is not { HasItems: true } desk)
        {
            return Problems.NotPossible("what follows what is not learned; set Engine:Learning:Items:IsOn to true");
        }

        var (found, problem) = await ReadEndpoints.FindAsync(id, customer => desk.RecommendAsync(customer, most, cancellationToken))
            .ConfigureAwait(false);
        return found is null ? problem! : TypedResults.Ok(found);
    }

    private static Ok<LearningAnswer> Get(EngineGate gate) => TypedResults.Ok(gate.Learned?.Read() ?? LearningAnswer.Nothing);

    private static Results<Ok<LearningExport>, ProblemHttpResult> Export(EngineGate gate, TimeProvider time) => gate.Learned is { } desk
        ? TypedResults.Ok(new LearningExport(time.GetUtcNow(), desk.Export()))
        : NothingToLearn();

    private static Results<Ok<LearningAnswer>, ProblemHttpResult> RollBack(LearningExport export, EngineGate gate)
    {
        if (gate.Learned is not { } desk) return NothingToLearn();
        try
        {
            return Done(desk, () => desk.RollBack(export.Learned));
        }
        catch (FormatException problem)
        {
            return Problems.Bad($"learned is no export: {problem.Message}; send what GET /v1/learning/export gave");
        }
    }

    private static Results<Ok<LearningAnswer>, ProblemHttpResult> Done(LearningDesk desk, Action change)
    {
        try
        {
            change();
            return TypedResults.Ok(desk.Read());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Problems.NotPossible($"it is in force and cannot be saved: {fault.Message}; make room for it, and repeat it");
        }
    }

    private static ProblemHttpResult NothingToLearn() => Problems.NotPossible(
        "this engine learns nothing while it runs; give a rule of the policy variants, or set Engine:Learning:Items:IsOn or "
        + "Engine:Learning:Statistics:IsOn to true");
}
