namespace RealtimeInsight.Insights.Recommendation;

/// <summary>Items of one session in the order they were seen, as numbers of a catalogue.</summary>
public sealed record ItemSession(int[] Items, double[] Times)
{
    public double Start => Times[0];

    public double End => Times[^1];

    /// <summary>Groups clicks by session, in time order; sessions of a single click are left out. Sessions come by their end.</summary>
    public static List<ItemSession> Of(IEnumerable<Click> clicks, ItemCatalogue catalogue)
    {
        ArgumentNullException.ThrowIfNull(clicks);
        ArgumentNullException.ThrowIfNull(catalogue);
        return
        [
            .. clicks.GroupBy(click => click.Session)
                .Select(group => group.OrderBy(click => click.Seconds).ToList())
                .Where(group => group.Count > 1)
                .Select(group => new ItemSession(
                    [.. group.Select(catalogue.NumberOf)], [.. group.Select(click => click.Seconds)]))
                .OrderBy(session => session.End),
        ];
    }
}
