namespace RealtimeInsight.Domain;

/// <summary>Collects violated bounds in one wording.</summary>
/// <param name="prefix">Comes before every name.</param>
public sealed class BoundsCheck(string prefix = "")
{
    public List<string> Problems { get; } = [];

    public void Range<T>(string name, T value, T min, T max)
        where T : IComparable<T>
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) Problems.Add($"{prefix}{name} is {value}, {min} to {max} is allowed");
    }
}
