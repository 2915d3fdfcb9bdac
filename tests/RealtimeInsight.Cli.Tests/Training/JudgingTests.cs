namespace RealtimeInsight.Cli.Tests.Training;

public sealed class JudgingTests
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(8);

    [TrainingFact]
    public Task Laws_OfComparingScorers_Hold() => TrainingLaws.HoldAsync("judging_laws.py", RunMax);
}
