using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on texts.</summary>
internal static class TextTasks
{
    private const string ReviewsZh = "reviews_zh";
    private const string ReviewsEn = "reviews_en";

    /// <summary>Any table of texts with a label or a rating.</summary>
    public const string Csv = "csv";

    public static EvaluationTask Sentiment { get; } = new(
        "sentiment", "whether a review is positive (Chinese) or recommends (English)", [ReviewsZh, ReviewsEn],
        (request, progress) =>
        {
            progress.Step("reading reviews");
            var train = Read(request.Train, request.Format, "--train");
            var test = request.IsSameData ? null : Read(request.Test, request.Format, "--test");
            return SentimentStudy.Run(request.Format, train, test, request.Seed, progress.Time, progress.Step);
        });

    /// <exception cref="CliException">The format is unknown, or a path does not exist, has not its columns or no text.</exception>
    public static List<Review> Read(IReadOnlyList<string> paths, string format, string option)
    {
        var reviews = format switch
        {
            ReviewsZh => TableFile.Rows(paths, option, format, ",", "label", "review").Select(row => new Review(
                row.Text("review"), row.Flag("label"), row.Has("cat") ? row.Text("cat") : "")),
            ReviewsEn => TableFile.Rows(paths, option, format, ",", "Title", "Review Text", "Recommended IND").Select(row => new Review(
                $"{row.Text("Title")} . {row.Text("Review Text")}", row.Flag("Recommended IND"), "")),
            Csv => TableFile.Rows(paths, option, format, ",", "text").Select(Rated).OfType<Review>(),
            _ => throw CliException.Usage($"{option} {format}: not a format; use {Csv}, {ReviewsZh} or {ReviewsEn}"),
        };
        List<Review> kept = [.. reviews.Where(review => review.Text.Any(char.IsLetter))];
        return kept.Count > 0 ? kept : throw CliException.Usage($"{option} {string.Join(", ", paths)}: there is no review with a text");
    }

    /// <summary>Null for a rating in the middle, which is neither.</summary>
    private static Review? Rated(TableRow row)
    {
        var category = row.Has("category") ? row.Text("category") : "";
        if (row.Has("label")) return new Review(row.Text("text"), row.Flag("label"), category);
        var rating = row.Number("rating");
        return rating is > 2 and < 4 ? null : new Review(row.Text("text"), rating >= 4, category);
    }
}
