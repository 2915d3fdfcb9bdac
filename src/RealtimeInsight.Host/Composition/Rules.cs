namespace RealtimeInsight.Host;

/// <summary>Checks that several options classes share; each adds a line that names the setting, the value and the rule.</summary>
internal static class Rules
{
    public const int KeyLengthMin = 8;
    public const int KeyLengthMax = 128;

    public static void Range<T>(List<string> problems, string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) problems.Add($"{name} is {value}; use {least} to {most}");
    }

    /// <summary>Keys are secrets: the message tells the position, never the value.</summary>
    public static void Keys(List<string> problems, string name, IList<string> keys)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            var length = keys[i]?.Length ?? 0;
            if (length is < KeyLengthMin or > KeyLengthMax)
            {
                problems.Add($"{name}:{i} has {length} characters; use {KeyLengthMin} to {KeyLengthMax}");
            }
            else if (keys[i].AsSpan().ContainsAnyExceptInRange('!', '~') || keys[i].Contains(':', StringComparison.Ordinal))
            {
                problems.Add(
                    $"{name}:{i} has a character that HTTP authentication cannot carry; use printable ASCII without ':' and blanks");
            }
        }
    }
}
