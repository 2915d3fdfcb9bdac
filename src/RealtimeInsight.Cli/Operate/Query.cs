namespace RealtimeInsight.Cli.Operate;

/// <summary>Paths with a query.</summary>
internal static class Query
{
    /// <summary>Values that are null are left out.</summary>
    public static string Of(string path, IEnumerable<(string Name, string? Value)> values)
    {
        var given = values.Where(static pair => pair.Value is not null).Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}");
        return string.Join('&', given) is { Length: > 0 } query ? $"{path}?{query}" : path;
    }
}
