using System.Globalization;
using System.Text.RegularExpressions;

namespace RealtimeInsight.Scenarios;

/// <summary>Spans as scenarios write them: <c>45s</c>, <c>30m</c>, <c>1h30m</c>, <c>7d</c>; a plus sign before it is allowed.</summary>
internal static partial class Span
{
    public static TimeSpan Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var match = Pattern().Match(text);
        if (!match.Success || text.TrimStart('+').Length == 0)
        {
            throw new ScenarioException($"'{text}' is not a span of time; write e.g. +45s, +30m, +1h30m or +7d");
        }

        return TimeSpan.FromDays(Number(match, "d")) + TimeSpan.FromHours(Number(match, "h"))
            + TimeSpan.FromMinutes(Number(match, "m")) + TimeSpan.FromSeconds(Number(match, "s"));
    }

    public static string Write(TimeSpan span) => string.Create(
        CultureInfo.InvariantCulture, $"+{(span.Days > 0 ? $"{span.Days}d " : "")}{span.Hours:00}:{span.Minutes:00}:{span.Seconds:00}");

    private static int Number(Match match, string unit) => match.Groups[unit] is { Success: true } group
        ? int.Parse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)
        : 0;

    [GeneratedRegex(
        @"^\+?((?<d>[0-9]{1,4})d)?((?<h>[0-9]{1,5})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,7})s)?$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
