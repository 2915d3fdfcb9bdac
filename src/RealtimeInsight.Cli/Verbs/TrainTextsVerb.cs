using System.CommandLine;
using RealtimeInsight.Cli.Evaluate;
using RealtimeInsight.Cli.Training;
using RealtimeInsight.Inference.Text;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight train-texts</c>: the model of sentiment and topics that reads reviews and messages.</summary>
public static class TrainTextsVerb
{
    private const int BitsMin = 16;

    /// <param name="root">Folder of the repository; null where it is not known.</param>
    public static Command Create(CliConsole console, string? root)
    {
        ArgumentNullException.ThrowIfNull(console);
        var reviews = new Option<string[]>("--reviews")
        {
            HelpName = "FORMAT=PATH",
            Description = "Labelled texts: csv (columns text and label, 1 positive and 0 negative, or rating, 1 to 5), reviews_zh or "
                + "reviews_en; a file or folder, .gz is unpacked; may be given several times (default: the phrases that ship alone)",
        };
        var judge = new Option<string[]>("--judge")
        {
            HelpName = "FORMAT=PATH", Description = "Labelled texts to judge on and learn nothing from; may be given several times",
        };
        var topics = new Option<string?>("--topics")
        {
            HelpName = "FILE",
            Description = "Topics of some of the texts as a person told them, to judge on, e.g. src/training/topics-by-hand.tsv",
        };
        var phrases = new Option<string?>("--phrases")
        {
            HelpName = "FILE",
            Description = "Phrases that tell topics, content and annoyance (default: those that ship, Chinese and English)",
        };
        var output = new Option<string?>("--out")
        {
            HelpName = "DIR",
            Description = $"Folder of the version, e.g. models/{TextOptions.DefaultModel}/2 (default: the next free one in .data/models of "
                + "the repository, which the engine reads next time it starts)",
        };
        var bits = new Option<int>("--bits")
        {
            HelpName = "N",
            Description = $"Hash buckets as a power of two, {BitsMin} to {NgramWeights.BitsMax}",
            DefaultValueFactory = static _ => SentimentSettings.Alike.Bits,
        };
        var textsMin = new Option<int>("--texts-min")
        {
            HelpName = "N",
            Description = "Texts in which an n-gram has to be met, 1 to 100",
            DefaultValueFactory = static _ => SentimentSettings.Alike.TextsMin,
        };
        var seed = new Option<int>("--seed") { HelpName = "N", Description = "Seed of every random choice", DefaultValueFactory = _ => 1 };
        var json = new Option<bool>("--json") { Description = "End with one line of JSON on standard output" };
        var verb = new Verb(
            "train-texts",
            "Train the model of sentiment and topics that labels reviews and messages, on your own labelled texts and on phrases; judge it "
            + "on a fifth that is held out. Takes a minute, needs no Python.",
            "insight train-texts --reviews csv=reviews.csv",
            "insight train-texts --reviews reviews_zh=../shared/data/reviews_zh --reviews reviews_en=../shared/data/reviews_en --json")
        {
            reviews, judge, topics, phrases, output, bits, textsMin, seed, json,
        };
        verb.SetAction((parsed, _) =>
        {
            var book = PhrasesOf(parsed.GetValue(phrases));
            return Task.FromResult(new TextTrainJob(console).Run(new TextTrainSettings(
                [.. (parsed.GetValue(reviews) ?? []).Select(static source => Read(source, "--reviews"))],
                [.. (parsed.GetValue(judge) ?? []).Select(static source => Read(source, "--judge"))],
                book,
                TrainSettings.OutOf(parsed.GetValue(output), root, "train-texts", TextOptions.DefaultModel),
                Bounded("--bits", parsed.GetValue(bits), BitsMin, NgramWeights.BitsMax),
                Bounded("--texts-min", parsed.GetValue(textsMin), 1, 100),
                parsed.GetValue(seed),
                parsed.GetValue(json))
            {
                Topics = parsed.GetValue(topics) is { } file ? TopicLabels.Read(file, book.Topics.Keys) : null,
            }));
        });
        return verb;
    }

    private static TextSource Read(string source, string option)
    {
        var at = source.IndexOf('=', StringComparison.Ordinal);
        if (at < 1) throw CliException.Usage($"{option} {source}: give the format and the path, e.g. csv=reviews.csv");
        var (format, path) = (source[..at], source[(at + 1)..]);
        return new TextSource(
            format == TextTasks.Csv ? Path.GetFileNameWithoutExtension(path) : format, TextTasks.Read([path], format, option));
    }

    private static PhraseBook PhrasesOf(string? path)
    {
        if (path is null) return PhraseBook.Shipped;
        try
        {
            using var reader = new StreamReader(path);
            return PhraseBook.Parse(reader);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw CliException.Usage($"--phrases {path}: {error.Message}");
        }
    }

    private static int Bounded(string option, int value, int min, int max) =>
        value >= min && value <= max ? value : throw CliException.Usage($"{option} {value}: give {min} to {max}");
}
