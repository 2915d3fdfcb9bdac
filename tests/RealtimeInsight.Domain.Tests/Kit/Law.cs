using FsCheck;
using FsCheck.Fluent;

namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>Checks a law for a fixed list of seeds and for new ones each run; a failure names the seed that broke it.</summary>
internal static class Law
{
    private static readonly int[] FixedSeeds = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55];

    public static void Holds(int runs, Action<int> law)
    {
        foreach (var seed in FixedSeeds) Check(seed, law);
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => Check(seed, law))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(runs).WithEndSize(1_000_000_000));
    }

    private static void Check(int seed, Action<int> law)
    {
        try
        {
            law(seed);
        }
        catch (Exception broken)
        {
            throw new InvalidOperationException($"the law does not hold for seed {seed}: {broken.Message}", broken);
        }
    }
}
