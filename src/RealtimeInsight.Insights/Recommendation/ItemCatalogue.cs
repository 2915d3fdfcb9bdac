namespace RealtimeInsight.Insights.Recommendation;

/// <summary>Numbers items from 0 as they are met, and keeps the last category seen of each.</summary>
public sealed class ItemCatalogue
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _categoryNumbers = new(StringComparer.Ordinal);
    private readonly List<int> _categories = [];
    private readonly List<string> _ids = [];

    public int Count => _categories.Count;

    /// <summary>Ids of the items, by number.</summary>
    public IReadOnlyList<string> Ids => _ids;

    public int NumberOf(Click click)
    {
        if (!_categoryNumbers.TryGetValue(click.Category, out var category))
        {
            _categoryNumbers.Add(click.Category, category = _categoryNumbers.Count);
        }

        if (_numbers.TryGetValue(click.Item, out var number)) return number;
        _numbers.Add(click.Item, number = _categories.Count);
        _categories.Add(category);
        _ids.Add(click.Item);
        return number;
    }

    /// <summary>Takes back an item as it was numbered; items come in the order of their numbers.</summary>
    internal void Restore(string item, int category)
    {
        _numbers.Add(item, _categories.Count);
        _categories.Add(category);
        _ids.Add(item);
    }

    /// <summary>Number of the item's category.</summary>
    public int CategoryOf(int item) => _categories[item];
}
