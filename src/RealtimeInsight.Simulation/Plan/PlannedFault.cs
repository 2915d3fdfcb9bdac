namespace RealtimeInsight.Simulation.Plan;

/// <summary>A fault at its time.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Lasts">How long, where it lasts.</param>
/// <param name="Number">Drawn with it: which commit fate, which worker, how many failures.</param>
internal sealed record PlannedFault(TimeSpan At, FaultKinds Kind, TimeSpan Lasts, int Number)
{
    private static readonly (FaultKinds Kind, double MeanMinutes, double LastsSecondsMin, double LastsSecondsMax)[] s_rates =
    [
        (FaultKinds.Crash, 8, 0.1, 60),
        (FaultKinds.CommitCrash, 8, 0.1, 60),
        (FaultKinds.Restart, 15, 0.1, 60),
        (FaultKinds.CommitFailure, 5, 0, 0),
        (FaultKinds.CommitUnknown, 15, 0.1, 30),
        (FaultKinds.DiskFull, 15, 1, 180),
        (FaultKinds.Pause, 2, 0.01, 20),
        (FaultKinds.Webhook, 6, 10, 300),
        (FaultKinds.Model, 6, 1, 120),
        (FaultKinds.ModelSwap, 15, 0, 0),
        (FaultKinds.ClockJump, 20, 1, 480),
        (FaultKinds.LostAnswer, 4, 1, 60),
    ];

    /// <summary>Faults of the kinds, in order of time. More minutes or other kinds do not change those that are there.</summary>
    public static List<PlannedFault> DrawAll(long seed, int minutes, FaultKinds kinds)
    {
        var faults = new List<PlannedFault>();
        var end = TimeSpan.FromMinutes(minutes);
        foreach (var (kind, mean, least, most) in s_rates)
        {
            if (!kinds.HasFlag(kind)) continue;
            var draw = new Draw(seed, $"fault {kind}");
            for (var at = draw.Wait(TimeSpan.FromMinutes(mean)); at < end; at += draw.Wait(TimeSpan.FromMinutes(mean)))
            {
                var lasts = draw.Span(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
                faults.Add(new PlannedFault(at, kind, lasts, draw.Whole(0, 999)));
            }
        }

        faults.Sort(static (left, right) => (left.At, left.Kind).CompareTo((right.At, right.Kind)));
        return faults;
    }
}
