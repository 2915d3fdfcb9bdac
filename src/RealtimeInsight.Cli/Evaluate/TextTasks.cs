using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Tasks on texts.</summary>
internal static class TextTasks
{
    private const string ReviewsZh = "reviews_zh";
    private const string ReviewsEn = "reviews_en";

    public static EvaluationTask Sentiment { get; } = new(
        "sentiment", "whether a review is positive (Chinese) or recommends (English)", [ReviewsZh, ReviewsEn],
        (request, progress) =>
        {
            progress.Step("reading reviews");
            var train = Read(request.Train, request.Format, "--train");
            var test = request.IsSameData ? null : Read(request.Test, request.Format, "--test");
            return SentimentStudy.Run(request.Format, train, test, request.Seed, progress.Time, progress.Step);
        });

    private static List<Review> Read(IReadOnlyList<string> paths, string format, string option)
    {
        IEnumerable<Review> reviews = format == ReviewsZh
            ? TableFile.Rows(paths, option, format, ",", "label", "review").Select(row => new Review(
                row.Text("review"), row.Flag("label"), row.Has("cat") ? row.Text("cat") : ""))
            : TableFile.Rows(paths, option, format, ",", "Title", "Review Text", "Recommended IND").Select(row => new Review(
                $"{row.Text("Title")} . {row.Text("Review Text")}", row.Flag("Recommended IND"), ""));
        List<Review> kept = [.. reviews.Where(review => review.Text.Any(char.IsLetter))];
        return kept.Count > 0 ? kept : throw CliException.Usage($"{option} {string.Join(", ", paths)}: there is no review with a text");
    }
}
