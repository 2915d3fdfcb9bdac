namespace RealtimeInsight.Domain.Text;

/// <summary>Wire names of the topics: used by policies, views and the labels of text models.</summary>
public static class TopicNames
{
    private static readonly TextTopics[] s_topics = [.. Enum.GetValues<TextTopics>().Where(static topic => topic != TextTopics.None)];

    /// <summary>All bits that have a name.</summary>
    public const TextTopics Known = (TextTopics)((1 << 9) - 1);

    /// <summary>In the order of the bits.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_topics.Select(static topic => topic.ToString().ToLowerInvariant())];

    /// <summary>The names of what is set.</summary>
    public static string[] Of(TextTopics topics) =>
        [.. All.Where((_, i) => (topics & s_topics[i]) != 0)];

    /// <returns><see cref="TextTopics.None"/> for a name that is none.</returns>
    public static TextTopics Find(string name)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (string.Equals(All[i], name, StringComparison.Ordinal)) return s_topics[i];
        }

        return TextTopics.None;
    }
}
