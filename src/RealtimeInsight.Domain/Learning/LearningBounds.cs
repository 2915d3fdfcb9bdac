namespace RealtimeInsight.Domain.Learning;

/// <summary>Collects violated bounds of one options class in one wording.</summary>
internal static class LearningBounds
{
    public static readonly TimeSpan HalfLifeMin = TimeSpan.FromHours(1);
    public static readonly TimeSpan HalfLifeMax = TimeSpan.FromDays(365);

    public static void Check<T>(List<string> problems, string name, T value, T min, T max)
        where T : IComparable<T>
    {
        if (value.CompareTo(min) < 0 || value.CompareTo(max) > 0) problems.Add($"{name} is {value}, {min} to {max} is allowed");
    }
}
