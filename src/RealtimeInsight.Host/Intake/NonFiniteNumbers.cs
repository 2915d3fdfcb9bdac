namespace RealtimeInsight.Host.Intake;

/// <summary>
/// Some senders write <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c>, which JSON does not have. Put in quotes, the document can be read
/// and only the event that holds the number is rejected, not its neighbours.
/// </summary>
internal static class NonFiniteNumbers
{
    private static readonly byte[][] Words = ["NaN"u8.ToArray(), "Infinity"u8.ToArray(), "-Infinity"u8.ToArray()];

    /// <summary>A copy with every such word outside of strings in quotes; null where there is none.</summary>
    public static byte[]? Quote(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("NaN"u8) < 0 && json.IndexOf("Infinity"u8) < 0) return null;
        var output = new List<byte>(json.Length + 64);
        var isInString = false;
        var isChanged = false;
        for (var i = 0; i < json.Length; i++)
        {
            var current = json[i];
            if (isInString)
            {
                output.Add(current);
                if (current == '\\' && i + 1 < json.Length) output.Add(json[++i]);
                else if (current == '"') isInString = false;
                continue;
            }

            if (Match(json[i..]) is { } word)
            {
                output.Add((byte)'"');
                output.AddRange(word);
                output.Add((byte)'"');
                i += word.Length - 1;
                isChanged = true;
                continue;
            }

            isInString = current == '"';
            output.Add(current);
        }

        return isChanged ? [.. output] : null;
    }

    private static byte[]? Match(ReadOnlySpan<byte> json)
    {
        foreach (var word in Words)
        {
            if (json.StartsWith(word)) return word;
        }

        return null;
    }
}
