using System.Globalization;

namespace RealtimeInsight.Host.Api;

/// <summary>Ages as the interface writes them: a whole number with s, m, h or d.</summary>
internal static class Age
{
    private const int DaysMax = 3_650;

    /// <summary>False for anything but a duration of 1 s to 3,650 d.</summary>
    public static bool TryParse(string text, out TimeSpan age)
    {
        age = TimeSpan.Zero;
        if (text.Length is < 2 or > 12) return false;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        long seconds = text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        if (seconds == 0 || count < 1 || count > DaysMax * 86_400L / seconds) return false;
        age = TimeSpan.FromSeconds(count * seconds);
        return true;
    }
}
