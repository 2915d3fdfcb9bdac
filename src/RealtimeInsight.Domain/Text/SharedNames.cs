namespace RealtimeInsight.Domain.Text;

/// <summary>
/// Names that many customers have in common (categories, brands), kept once for all of them: a fixed table in which a newer name takes the
/// place of another with the same label. Which object stands for a name is of no consequence, only its text is. Thread-safe.
/// </summary>
internal static class SharedNames
{
    private const int LengthMax = 64;
    private const int Places = 1 << 14;
    private static readonly string?[] s_names = new string?[Places];

    /// <param name="label">Of the name, see <see cref="EntityHash.Label"/>.</param>
    public static string Of(string name, ushort label)
    {
        if (name.Length > LengthMax) return name;
        ref var place = ref s_names[label & (Places - 1)];
        if (Volatile.Read(ref place) is { } known && string.Equals(known, name, StringComparison.Ordinal)) return known;
        Volatile.Write(ref place, name);
        return name;
    }
}
