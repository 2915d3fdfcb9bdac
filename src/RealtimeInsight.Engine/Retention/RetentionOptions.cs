using RealtimeInsight.Domain;

namespace RealtimeInsight.Engine.Retention;

/// <summary>
/// How long is kept what no customer's state needs any more. Ages are counted from the newest event, or from now where that is earlier: a
/// clock that jumps ahead lets nothing go.
/// </summary>
public sealed class RetentionOptions
{
    /// <summary>
    /// Log records and decisions are kept this long, by their event times; customers' states are kept for ever. Timelines, explanations and
    /// the folding of late events reach back as far. Default 400 days; 7 to 36,500 days, or 0 for ever.
    /// </summary>
    public TimeSpan KeepEvents { get; set; } = TimeSpan.FromDays(400);

    /// <summary>
    /// Actions that were delivered or given up are kept this long, with their bodies and attempts. Default 90 days; 1 day to
    /// <see cref="KeepEvents"/>, or 0 for ever.
    /// </summary>
    public TimeSpan KeepSettled { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Time between two looks at what is old. Default 10 minutes; 1 s to 1 day.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Log rows, decisions or actions that go in one transaction, beside what events bring: the next ones wait for its end. Default 64;
    /// 1 to 4,096.
    /// </summary>
    public int RowsMax { get; set; } = 64;

    /// <summary>All violations of the bounds; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(RetentionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var bounds = new BoundsCheck("Retention.");
        var most = TimeSpan.FromDays(36_500);
        if (options.KeepEvents != TimeSpan.Zero) bounds.Range(nameof(KeepEvents), options.KeepEvents, TimeSpan.FromDays(7), most);
        if (options.KeepSettled != TimeSpan.Zero)
        {
            var settledMost = options.KeepEvents == TimeSpan.Zero ? most : options.KeepEvents;
            bounds.Range(nameof(KeepSettled), options.KeepSettled, TimeSpan.FromDays(1), settledMost);
        }
        else if (options.KeepEvents != TimeSpan.Zero)
        {
            bounds.Problems.Add("Retention.KeepSettled is 0 (for ever) where KeepEvents is not; give a time up to KeepEvents");
        }

        bounds.Range(nameof(Interval), options.Interval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        bounds.Range(nameof(RowsMax), options.RowsMax, 1, 4096);
        return bounds.Problems;
    }
}
