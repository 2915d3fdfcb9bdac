using System.Text;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Cli.Features;

/// <summary>
/// Parts one export into shops, as if each had recorded its own: every person with all that they did is in one shop, whether they were a
/// visitor or a customer then.
/// </summary>
internal sealed class ShopSplit
{
    public const int ShopsLeast = 2;
    public const string Others = "others";

    private const string Unnamed = "unnamed";
    private const int NameLengthMax = 60;

    /// <summary>Customers are held out of training by the plain hash of their ids: a shop must not get all of those.</summary>
    private const ulong Seed = 0x5f0b_5e11_aa17_0c3d;

    private readonly Dictionary<CustomerId, string> _shops;

    private ShopSplit(Dictionary<CustomerId, string> shops) => _shops = shops;

    /// <summary>The shop that a person's events belong to, under any of their ids.</summary>
    public string Of(CustomerEvent customerEvent) => _shops[customerEvent.Customer];

    /// <summary>As many shops of like size as asked for, by a hash of the person's first id.</summary>
    /// <param name="events">In event-time order.</param>
    public static ShopSplit ByHash(IEnumerable<CustomerEvent> events, int shops)
    {
        var digits = $"{shops}".Length;
        return new ShopSplit(RootsOf(events).ToDictionary(
            pair => pair.Key,
            pair => $"shop-{((StableHash.Of(pair.Value.Value, Seed) % (ulong)shops) + 1).ToString($"D{digits}", null)}"));
    }

    /// <summary>A shop for each of the values that most persons have at their first event, and one for all other values.</summary>
    /// <param name="values">By customer, the value at that customer's first event.</param>
    /// <param name="shops">Most shops, that of the others included.</param>
    public static ShopSplit ByValue(
        IEnumerable<CustomerEvent> events, IReadOnlyDictionary<CustomerId, string> values, int shops)
    {
        var roots = RootsOf(events);
        var names = roots.Values.Distinct().ToDictionary(root => root, root => NameOf(values[root]));
        var common = names.Values.GroupBy(name => name)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key)
            .ToList();
        var kept = common.Count <= shops ? common.ToHashSet() : [.. common.Take(shops - 1)];
        return new ShopSplit(roots.ToDictionary(pair => pair.Key, pair => kept.Contains(names[pair.Value]) ? names[pair.Value] : Others));
    }

    /// <summary>A folder's name for a value: letters and digits in lower case, anything else a hyphen.</summary>
    internal static string NameOf(string value)
    {
        var name = new StringBuilder();
        foreach (var rune in value.Trim().EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune)) name.Append(Rune.ToLowerInvariant(rune));
            else if (name.Length > 0 && name[^1] != '-') name.Append('-');
        }

        var plain = name.ToString().Trim('-');
        return plain.Length == 0 ? Unnamed : plain.Length <= NameLengthMax ? plain : plain[..NameLengthMax];
    }

    /// <summary>From each id to the first id of its person, by the rule that <see cref="People"/> labels outcomes by.</summary>
    private static Dictionary<CustomerId, CustomerId> RootsOf(IEnumerable<CustomerEvent> events)
    {
        var roots = new Dictionary<CustomerId, CustomerId>();
        foreach (var one in events)
        {
            if (roots.ContainsKey(one.Customer)) continue;
            roots.Add(one.Customer, one.Visitor is { } visitor && roots.TryGetValue(visitor, out var before) ? before : one.Customer);
        }

        return roots;
    }
}
