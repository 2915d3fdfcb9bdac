using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Insights.Text;

/// <summary>
/// Phrases in Chinese and English that were written by hand (<c>phrases.txt</c>): what tells a topic, and what is said by content and by
/// annoyed customers. They tell the topics of every text model on n-grams, and teach it the languages that no training text is in.
/// </summary>
/// <param name="Topics">By name.</param>
public sealed record PhraseBook(
    IReadOnlyDictionary<string, IReadOnlyList<string>> Topics, IReadOnlyList<string> Positive, IReadOnlyList<string> Negative)
{
    private const string Resource = "RealtimeInsight.Insights.Text.phrases.txt";

    /// <summary>The one that ships.</summary>
    public static PhraseBook Shipped { get; } = Read();

    /// <exception cref="FormatException">A line is neither a section nor phrases.</exception>
    public static PhraseBook Parse(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var sections = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        List<string>? section = null;
        while (reader.ReadLine()?.Trim() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line is ['[', .. var name, ']']) sections.Add(name, section = []);
            else if (section is not null && line.Length > 3 && line[2] == ':') section.AddRange(Phrases(line[3..]));
            else throw new FormatException($"'{line}' is neither a [section] nor a language with its phrases, such as 'en: late, lost'");
        }

        var unknown = sections.Keys.Except([.. TopicNames.All, "positive", "negative"], StringComparer.Ordinal).ToList();
        if (unknown.Count > 0) throw new FormatException($"{string.Join(", ", unknown)}: not a topic, nor positive or negative");
        return new PhraseBook(
            TopicNames.All.Where(sections.ContainsKey).ToDictionary(
                static topic => topic, topic => (IReadOnlyList<string>)sections[topic], StringComparer.Ordinal),
            sections.GetValueOrDefault("positive", []), sections.GetValueOrDefault("negative", []));
    }

    private static string[] Phrases(string line) =>
        line.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static PhraseBook Read()
    {
        using var stream = typeof(PhraseBook).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"the assembly lacks {Resource}");
        using var reader = new StreamReader(stream);
        return Parse(reader);
    }
}
