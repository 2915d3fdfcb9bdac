namespace RealtimeInsight.Domain.Text;

/// <summary>
/// Numbers for names that many customers have in common (categories, brands, currencies, rules), for states held as bytes in memory. Names
/// are never taken out; one that finds no room has no number. Not thread-safe.
/// </summary>
public sealed class NameTable
{
    /// <summary>Most names; further ones stand in each state as they are.</summary>
    public const int NamesMax = 1 << 14;

    private const int LengthMax = 64;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];

    public string? this[int number] => (uint)number < (uint)_names.Count ? _names[number] : null;

    /// <summary>The name's number, given to it now where there is room; -1 without one.</summary>
    public int NumberOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_numbers.TryGetValue(name, out var number)) return number;
        if (_names.Count >= NamesMax || name.Length > LengthMax) return -1;
        _names.Add(name);
        _numbers.Add(name, _names.Count - 1);
        return _names.Count - 1;
    }
}
