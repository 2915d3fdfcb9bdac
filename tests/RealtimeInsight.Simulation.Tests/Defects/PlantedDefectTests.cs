using System.Reflection;
using RealtimeInsight.Engine.Log;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;
using Xunit.Abstractions;

namespace RealtimeInsight.Simulation.Tests.Defects;

/// <summary>The simulator finds what it is there for: each test plants one defect and sees it found and cut down.</summary>
public sealed class PlantedDefectTests(ITestOutputHelper output)
{
    [Fact]
    public void Store_ThatDropsAnAcknowledgedUnit_IsFound() => Finds(
        ["offsets", "acknowledged", "chain"],
        OnCommit(static group => group.Rows.RemoveAll(static row => row.FirstOffset / 64 != row.EndOffset / 64)));

    [Fact]
    public void Store_ThatHidesASegmentOnRecovery_IsFound() => Finds(
        ["recovered", "state", "same_as_calm", "starts"],
        Store(nameof(IEngineStore.ReadIndexes), static (_, real) => ((IEnumerable<SegmentIndex>)real()!).Skip(1)));

    [Fact]
    public void Store_ThatHidesTheLastRowOnRecovery_IsFound() => Finds(
        ["recovered", "state", "same_as_calm", "chain"],
        Store(nameof(IEngineStore.ReadLog), static (_, real) => ((IEnumerable<LogRow>)real()!).SkipLast(1)));

    [Fact]
    public void Store_ThatForgetsEventIds_AppliesADuplicateTwice() => Finds(
        ["event_once"], Store(nameof(IEngineStore.ContainsEvent), static (_, _) => false));

    [Fact]
    public void Outbox_ThatForgetsAnAction_IsFound() => Finds(
        ["delivered", "converges", "busy"],
        Store(nameof(IEngineStore.ReadDueOutbox), static (_, real) =>
            ((IReadOnlyList<OutboxRow>)real()!).Where(static row => !row.DecisionId.EndsWith('0')).ToArray()));

    [Fact]
    public void Channel_ThatSaysDeliveredAndSendsNothing_IsFound() => Finds(
        ["delivered"],
        new Seams
        {
            Channel = static channel => Tampered.Of(channel, static (method, arguments, real) =>
                method.Name == nameof(IActionChannel.SendAsync) && ((ActionMessage)arguments[0]!).DecisionId.EndsWith('1')
                    ? new ValueTask<DeliveryResult>(DeliveryResult.Delivered)
                    : real()),
        });

    [Fact]
    public void Channel_ThatChangesTheBodyOfARetry_IsFound() => Finds(
        ["same_body"],
        new Seams
        {
            Channel = static channel => Tampered.Of(channel, static (method, arguments, real) =>
            {
                if (method.Name == nameof(IActionChannel.SendAsync) && arguments[0] is ActionMessage { Attempt: > 1 } message)
                {
                    arguments[0] = message with { Body = message.Body[..^1] };
                }

                return real();
            }),
        });

    [Fact]
    public void Store_ThatMovesTheCheckpointTooFar_IsFound() => Finds(
        ["chain", "recovered", "acknowledged"],
        OnCommit(static group => group.Checkpoint += group.Checkpoint > 20 ? 3 : 0));

    private static Seams OnCommit(Action<CommitGroup> defect) => Store(nameof(IEngineStore.Commit), (arguments, real) =>
    {
        defect((CommitGroup)arguments[0]!);
        return real();
    });

    private static Seams Store(string methodName, Func<object?[], Func<object?>, object?> defect) => new()
    {
        Store = store => Tampered.Of(store, (MethodInfo method, object?[] arguments, Func<object?> real) =>
            method.Name == methodName ? defect(arguments, real) : real()),
    };

    /// <summary>One of a few seeds finds it, and what is left after cutting down is smaller and still shows it.</summary>
    private void Finds(string[] invariants, Seams seams)
    {
        var found = Enumerable.Range(1, 20)
            .Select(seed => Simulator.Run(new SimulationOptions { Seed = seed, Minutes = 30 }, seams))
            .First(static result => result.Violations.Count > 0);
        Assert.Contains(found.Violations[0].Invariant, invariants);

        var small = Simulator.Shrink(found, runsMax: 40, seams);
        output.WriteLine($"{small.Options}\n{string.Join('\n', small.Story)}");
        Assert.Contains(small.Violations, violation => violation.Invariant == found.Violations[0].Invariant);
        Assert.True(small.Sent < found.Sent, $"{small.Sent} events are left of {found.Sent}");
        Assert.Equal(small.Digest, Simulator.Run(small.Options, seams).Digest);
    }
}
