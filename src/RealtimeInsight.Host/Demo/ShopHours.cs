namespace RealtimeInsight.Host.Demo;

/// <summary>When people shop: hours of the day and days of the week in their own zone.</summary>
internal static class ShopHours
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;

    private static readonly double[] ByDay =
    [
        0.10, 0.05, 0.03, 0.02, 0.02, 0.05, 0.15, 0.30, 0.50, 0.70, 0.85, 0.90,
        0.95, 0.90, 0.80, 0.75, 0.70, 0.65, 0.60, 0.60, 0.60, 0.50, 0.35, 0.20,
    ];

    private static readonly double[] ByEvening =
    [
        0.15, 0.06, 0.03, 0.02, 0.02, 0.04, 0.10, 0.18, 0.22, 0.25, 0.28, 0.32,
        0.45, 0.38, 0.30, 0.30, 0.35, 0.45, 0.65, 0.85, 1.00, 1.00, 0.75, 0.40,
    ];

    // Sunday first; 1970-01-01 was a Thursday.
    private static readonly double[] ByWeekday = [1.0, 0.85, 0.75, 0.75, 0.75, 0.7, 0.9];

    /// <summary>The first moment from <paramref name="atMs"/> on (UTC) that suits the person, drawn hour by hour.</summary>
    public static long NextSuitable(long atMs, Persona persona, SeededRandom random)
    {
        for (var tries = 0; tries < 48; tries++)
        {
            var local = atMs + (long)(persona.OffsetHours * HourMs);
            var hours = persona.IsEvening ? ByEvening : ByDay;
            var weight = hours[(int)(local % DayMs / HourMs)] * ByWeekday[(int)((local / DayMs) + 4) % 7];
            if (random.Chance(weight)) break;
            atMs += (long)(HourMs * random.Between(0.3, 1.5));
        }

        return atMs;
    }
}
