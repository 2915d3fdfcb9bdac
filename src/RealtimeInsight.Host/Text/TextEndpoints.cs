using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Host.Text;

/// <param name="Texts">1 to Text:TextsMax texts of at most Text:CharactersMax characters.</param>
public sealed record TextRequest(IReadOnlyList<string>? Texts);

/// <param name="Model">name/version.</param>
/// <param name="Results">One for each text, in the order of the request.</param>
public sealed record TextAnswer(string Model, IReadOnlyList<ClassifiedText> Results);

/// <param name="Outcome">scored, or how the text was settled otherwise; then the rest is empty.</param>
/// <param name="Label">The likeliest label of the first head.</param>
/// <param name="Labels">By head: the likeliest label, or all that hold.</param>
/// <param name="Probabilities">By label.</param>
/// <param name="IsTruncated">The text was longer than the model reads.</param>
public sealed record ClassifiedText(
    ScoreOutcome Outcome, string? Label, IReadOnlyDictionary<string, IReadOnlyList<string>> Labels,
    IReadOnlyDictionary<string, float> Probabilities, bool IsTruncated)
{
    internal static ClassifiedText Of(TextReply reply, TextPool pool)
    {
        var probabilities = new Dictionary<string, float>(StringComparer.Ordinal);
        for (var i = 0; i < reply.Probabilities.Length; i++) probabilities[pool.Labels[i]] = reply.Probabilities.Span[i];
        var labels = pool.LabelsOf(reply);
        var first = labels.GetValueOrDefault(pool.Heads[0].Name) is [var label, ..] ? label : null;
        return new ClassifiedText(reply.Outcome, first, labels, probabilities, reply.IsTruncated);
    }
}

/// <summary>Classification of texts: reviews, messages, mentions.</summary>
internal static class TextEndpoints
{
    public static void MapText(this IEndpointRouteBuilder routes) =>
        routes.ReadGroup("/v1/texts", "texts").MapPost("/classify", ClassifyAsync).WithName("classifyTexts")
            .WithSummary("Labels of texts (sentiment and topics) with their probabilities, by the text model that Text:Model names.")
            .WithDescription("Body: {\"texts\": [\"...\"]}. Texts are not kept. "
                + "outcome is other_language where the model does not know the language.");

    private static async Task<Results<Ok<TextAnswer>, ProblemHttpResult>> ClassifyAsync(
        TextRequest? request, TextService service, CancellationToken cancellationToken)
    {
        var (texts, options) = (request?.Texts ?? [], service.Options);
        if (texts.Count < 1 || texts.Count > options.TextsMax)
        {
            return Problems.Bad($"texts holds {texts.Count}; send 1 to {options.TextsMax}");
        }

        for (var i = 0; i < texts.Count; i++)
        {
            if (texts[i] is null) return Problems.Bad($"texts[{i}] is null; send a text");
            if (texts[i].Length > options.CharactersMax)
            {
                return Problems.Bad($"texts[{i}] has {texts[i].Length} characters; send at most {options.CharactersMax}");
            }
        }

        if (service.Pool is not { } pool)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable, title: "No text model serves", detail: service.Problem);
        }

        var replies = await Task.WhenAll(texts.Select(text => pool.ClassifyAsync(text, options.Timeout, cancellationToken).AsTask()))
            .ConfigureAwait(false);
        return TypedResults.Ok(new TextAnswer(pool.Model, [.. replies.Select(reply => ClassifiedText.Of(reply, pool))]));
    }
}
