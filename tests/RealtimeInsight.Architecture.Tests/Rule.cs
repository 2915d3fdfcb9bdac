namespace RealtimeInsight.Architecture.Tests;

/// <summary>Fails with the whole list of offenders and the rule that they break.</summary>
internal static class Rule
{
    public static void Holds(string rule, IEnumerable<string> offenders)
    {
        var found = offenders.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(found.Count == 0, $"{rule}\n{found.Count} break it:\n  {string.Join("\n  ", found.Take(40))}");
    }
}
