using System.Diagnostics;
using System.Globalization;
using RealtimeInsight.Tests;
using Xunit.Abstractions;

namespace RealtimeInsight.Simulation.Tests;

/// <summary>Seeds that are always run, and one that nobody has seen before: the commit's.</summary>
public sealed class SimulatorTests(ITestOutputHelper output)
{
    private const int MinutesOfACommit = 60;

    public static TheoryData<long> Seeds => [.. Enumerable.Range(1, 20).Select(static seed => (long)seed)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_FixedSeeds_NothingIsBroken(long seed) => AssertHolds(new SimulationOptions { Seed = seed, Minutes = 20 });

    /// <summary>A customer with more decisions than the ledger keeps: rules of once a day had decided twice.</summary>
    [Fact]
    public void Run_MoreDecisionsThanALedgerKeeps_NoneIsMadeAgain() => AssertHolds(new SimulationOptions { Seed = 51, Minutes = 60 });

    [Fact]
    public void Run_SeedOfTheCommit_NothingIsBroken()
    {
        var commit = Commit();
        var seed = long.Parse(commit.AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        output.WriteLine($"commit {commit}: insight simulate --seed {seed} --minutes {MinutesOfACommit}");
        AssertHolds(new SimulationOptions { Seed = seed, Minutes = MinutesOfACommit });
    }

    [Fact]
    public void Run_OfTheSameSeed_IsTheSameStepByStep()
    {
        var options = new SimulationOptions { Seed = 5, Minutes = 20 };
        var (one, other) = (Simulator.Run(options), Simulator.Run(options));
        Assert.Equal(one.Digest, other.Digest);
        Assert.Equal(one.Story, other.Story);
        Assert.Equal((one.Events, one.Sent, one.Steps, one.Faults), (other.Events, other.Sent, other.Steps, other.Faults));
    }

    [Fact]
    public void Run_OfAnotherSeed_IsAnother() => Assert.NotEqual(
        Simulator.Run(new SimulationOptions { Seed = 5, Minutes = 5 }).Digest,
        Simulator.Run(new SimulationOptions { Seed = 6, Minutes = 5 }).Digest);

    [Fact]
    public void Run_MeetsEveryKindOfFault()
    {
        var story = Enumerable.Range(1, 8)
            .SelectMany(static seed => Simulator.Run(new SimulationOptions { Seed = seed, Minutes = 60 }).Story).ToArray();
        foreach (var kind in Enum.GetValues<FaultKinds>().Where(static kind => kind is not (FaultKinds.None or FaultKinds.All)))
        {
            Assert.Contains(story, line => line.EndsWith($"fault {kind}", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData(0, "minutes is 0, 1 to 1440 is allowed")]
    [InlineData(1441, "minutes is 1441, 1 to 1440 is allowed")]
    public void Run_OptionsOutOfBounds_AreRefused(int minutes, string problem)
    {
        var refused = Assert.Throws<ArgumentException>(() => Simulator.Run(new SimulationOptions { Seed = 1, Minutes = minutes }));
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(99, null, "customers has 99, seed 1 draws 0 to ")]
    [InlineData(0, "zz", "events has zz, seed 1 draws c0e0 to c0e")]
    [InlineData(0, "c1e0", "events has c1e0, seed 1 draws c0e0 to c0e")]
    public void Run_OfWhatTheSeedDoesNotDraw_IsRefusedWithWhatItDraws(int customer, string? name, string problem)
    {
        var options = new SimulationOptions { Seed = 1, Minutes = 20, Customers = [customer], Events = name is null ? null : [name] };
        Assert.Contains(problem, Assert.Throws<ArgumentException>(() => Simulator.Run(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_OfNobodyOrNothing_IsRefused()
    {
        var options = new SimulationOptions { Seed = 1, Minutes = 5 };
        Assert.Throws<ArgumentException>(() => Simulator.Run(options with { Customers = [] }));
        Assert.Throws<ArgumentException>(() => Simulator.Run(options with { Events = [] }));
    }

    private static void AssertHolds(SimulationOptions options)
    {
        var result = Simulator.Run(options);
        Assert.True(
            result.Violations.Count == 0,
            $"{options}: {string.Join('\n', result.Violations.Select(static found => found.ToString()))}");
        Assert.True(result.Events > 0);
    }

    private static string Commit()
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["rev-parse", "HEAD"])
        {
            WorkingDirectory = Repository.Root, RedirectStandardOutput = true,
        })!;
        var answer = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 && answer.Length >= 12 ? answer : throw new InvalidOperationException("git does not tell the commit");
    }
}
