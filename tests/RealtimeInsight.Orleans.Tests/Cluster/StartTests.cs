using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Inference;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Tests.Parts;

namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>A silo that lacks something does not start, and says what.</summary>
public sealed class StartTests
{
    [Fact]
    public async Task Silo_WithoutTheGrainStorage_DoesNotStart()
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo(static (_, silo) =>
        {
            silo.Services.AddSingleton<IScorer>(new LinearScorer());
            silo.Services.AddSingleton<IActionChannel>(new RecordingChannel());
            silo.AddRealtimeInsight(new ClusterSettings { Policy = Scenario.Policy });
        });
        await using var cluster = builder.Build();

        var refused = await Assert.ThrowsAnyAsync<Exception>(cluster.DeployAsync);

        Assert.Contains("no grain storage is named 'customers'", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Channels_PolicyNamesAnUnknownOne_SaysRuleChannelAndTheKnown()
    {
        var policy = Policy.Parse(JsonNode.Parse(
            """{ "name": "p", "rules": [ { "id": "r1", "on": ["order_completed"], "action": "message", "channel": "pigeon" } ] }""")!);

        var refused = Assert.Throws<InvalidOperationException>(
            () => new ActionChannels([new RecordingChannel()], policy, new CustomerGrainOptions()));

        Assert.Contains("rule 'r1' sends to channel 'pigeon', known are: log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Defaults_AreValid() => Assert.Empty(CustomerGrainOptions.Validate(new CustomerGrainOptions()));

    [Fact]
    public void Options_OutOfBounds_NameEveryProblem()
    {
        var problems = CustomerGrainOptions.Validate(new CustomerGrainOptions
        {
            SaveAgeMax = TimeSpan.Zero, SaveEventsMax = 0, SaveRetryWait = TimeSpan.Zero, BatchEventsMax = 0, PartitionsMax = 0,
            DecisionRecordsMax = 0, PendingActionsMax = 0, ScoreTimeout = TimeSpan.Zero, DeliveryAttemptsMax = 0,
            DeliveryWaitMin = TimeSpan.Zero, DeliveryWaitMax = TimeSpan.FromDays(2), Source = " ",
            DeadlineBuckets = 0, DeadlineTick = TimeSpan.FromSeconds(2), DeadlineWakesMax = 0,
            HistoryBytesMax = -1, DecideWithin = TimeSpan.Zero, BudgetBlock = 0, BudgetAskAgain = TimeSpan.Zero, ProductsPendingMax = -1,
            VariantsPendingMax = 0, TimelineNotesMax = -1, RejectShares = 0, RejectBytesMax = 0,
            DeadLettersMax = 0, DeadLetterShares = 0, DeadLettersListedMax = 0, CircuitFailures = 0, CircuitWaitMin = TimeSpan.Zero,
            CircuitWaitMax = TimeSpan.FromDays(2), AtRiskShares = 0, AtRiskListedMax = 0, AtRiskHeldMax = 0,
            NoticeQueueMax = 0, NoticeReadersMax = 0,
            DriftWindow = TimeSpan.Zero, DriftAgeMax = TimeSpan.FromDays(8),
        });

        Assert.Equal(37, problems.Count);
    }
}
