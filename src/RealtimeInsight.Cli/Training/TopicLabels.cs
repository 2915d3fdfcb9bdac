using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeInsight.Inference.Text;
using RealtimeInsight.Insights.Text;

namespace RealtimeInsight.Cli.Training;

/// <summary>
/// Topics of texts as a person labelled them, by a hash of the text, so that the labels can be handed on where the texts cannot: a line
/// holds the first 16 hexadecimal digits of the SHA-256 of a text, a tab, and the topics with blanks between them.
/// </summary>
internal sealed class TopicLabels
{
    private const int HashLength = 16;

    private readonly Dictionary<string, string[]> _topics;

    private TopicLabels(Dictionary<string, string[]> topics) => _topics = topics;

    /// <exception cref="CliException">The file cannot be read, or a line is of another form.</exception>
    public static TopicLabels Read(string path, IEnumerable<string> known)
    {
        try
        {
            var lines = File.ReadLines(path).Where(static line => line.Length > 0).Select(static line => line.Split('\t')).ToList();
            var topics = lines.Where(static parts => parts is [{ Length: HashLength }, _])
                .ToDictionary(static parts => parts[0], static parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
            var isKnown = topics.Values.SelectMany(static all => all).All(known.Contains);
            if (topics.Count == lines.Count && isKnown) return new TopicLabels(topics);
            throw CliException.Usage($"--topics {path}: each line needs {HashLength} hexadecimal digits, a tab, and known topics");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw CliException.Usage($"--topics {path}: {error.Message}");
        }
    }

    /// <summary>Precision, recall and F1 over all labels of the texts that have some; null where none of the texts does.</summary>
    public JsonObject? Judge(PhraseBook phrases, IEnumerable<Review> reviews)
    {
        string[] names = [.. phrases.Topics.Keys];
        var (topics, clean, found) = (new PhraseTopics(phrases.Topics.Values), new char[NgramText.LengthMax], new int[names.Length]);
        var judged = new HashSet<string>(StringComparer.Ordinal);
        var (right, told, there, byTopic) = (0, 0, 0, new int[names.Length]);
        foreach (var review in reviews)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(review.Text)))[..HashLength];
            if (!_topics.TryGetValue(hash, out var truth) || !judged.Add(hash)) continue;
            var count = topics.Find(clean.AsSpan(0, NgramText.Clean(review.Text, clean)), found);
            right += found.Take(count).Count(topic => truth.Contains(names[topic]));
            told += count;
            there += truth.Length;
            foreach (var name in truth) byTopic[Array.IndexOf(names, name)]++;
        }

        if (judged.Count == 0) return null;
        return new JsonObject
        {
            ["n"] = judged.Count,
            ["precision"] = Share(right, told),
            ["recall"] = Share(right, there),
            ["f1"] = Share(2 * right, told + there),
            ["commonest_topic_f1"] = Share(2 * byTopic.Max(), judged.Count + there),
        };
    }

    private static double Share(int part, int whole) => Math.Round(part / (double)Math.Max(1, whole), 4);
}
