using RealtimeInsight.Engine.Tests.Embedded;

namespace RealtimeInsight.Engine.Tests;

public sealed class EngineOptionsTests
{
    /// <summary>Option, a value that is allowed at its edge, and one just beyond.</summary>
    public static TheoryData<string, object, object> Bounds => new()
    {
        { nameof(EngineOptions.Clock), EngineClock.EventTime, (EngineClock)2 },
        { nameof(EngineOptions.Shards), 0, -1 },
        { nameof(EngineOptions.Shards), 256, 257 },
        { nameof(EngineOptions.BatchEventsMax), 1, 0 },
        { nameof(EngineOptions.BatchEventsMax), 4096, 4097 },
        { nameof(EngineOptions.ModelRowsMax), 1, 0 },
        { nameof(EngineOptions.ModelRowsMax), 4096, 4097 },
        { nameof(EngineOptions.InboxPartsMax), 1, 0 },
        { nameof(EngineOptions.InboxPartsMax), 65_536, 65_537 },
        { nameof(EngineOptions.QueriesMax), 1, 0 },
        { nameof(EngineOptions.QueriesMax), 65_536, 65_537 },
        { nameof(EngineOptions.UnitsInFlightMax), 1, 0 },
        { nameof(EngineOptions.UnitsInFlightMax), 4096, 4097 },
        { nameof(EngineOptions.CommitUnitsMax), 1, 0 },
        { nameof(EngineOptions.CommitUnitsMax), 4096, 4097 },
        { nameof(EngineOptions.CommitBytesMax), 64 << 10, (64 << 10) - 1 },
        { nameof(EngineOptions.CommitBytesMax), 256 << 20, (256 << 20) + 1 },
        { nameof(EngineOptions.CommitRetryMin), TimeSpan.FromMilliseconds(1), TimeSpan.Zero },
        { nameof(EngineOptions.CommitRetryMax), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11) },
        { nameof(EngineOptions.CommitRetryMax), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(49) },
        { nameof(EngineOptions.SaveInterval), TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(9) },
        { nameof(EngineOptions.SaveInterval), TimeSpan.FromHours(1), TimeSpan.FromHours(2) },
        { nameof(EngineOptions.SaveStatesMax), 1, 0 },
        { nameof(EngineOptions.SaveStatesMax), 65_536, 65_537 },
        { nameof(EngineOptions.SaveDirtyMax), 1, 0 },
        { nameof(EngineOptions.SaveDirtyMax), 100_000_000, 100_000_001 },
        { nameof(EngineOptions.ResidentBytesMax), 0L, -1L },
        { nameof(EngineOptions.ResidentBytesMax), 1L << 50, (1L << 50) + 1 },
        { nameof(EngineOptions.RefoldEventsMax), 1, 0 },
        { nameof(EngineOptions.RefoldEventsMax), 65_536, 65_537 },
        { nameof(EngineOptions.RebuildRecordsMax), 1, 0 },
        { nameof(EngineOptions.RebuildRecordsMax), 1_000_000, 1_000_001 },
        { nameof(EngineOptions.DecideWithin), TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(59) },
        { nameof(EngineOptions.DecideWithin), TimeSpan.FromDays(3650), TimeSpan.FromDays(3651) },
        { nameof(EngineOptions.DeadlinesPerTurnMax), 1, 0 },
        { nameof(EngineOptions.DeadlinesPerTurnMax), 65_536, 65_537 },
        { nameof(EngineOptions.LogRowsCached), 1, 0 },
        { nameof(EngineOptions.LogRowsCached), 4096, 4097 },
        { nameof(EngineOptions.AtRiskScanMax), 100, 99 },
        { nameof(EngineOptions.AtRiskScanMax), 1_000_000, 1_000_001 },
        { nameof(EngineOptions.ShadowCustomersMax), 1, 0 },
        { nameof(EngineOptions.ShadowCustomersMax), 1_000_000, 1_000_001 },
        { nameof(EngineOptions.ShadowTimeMax), 0.01, 0.009 },
        { nameof(EngineOptions.ShadowTimeMax), 1d, 1.1 },
        { nameof(EngineOptions.AuditInterval), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(99) },
        { nameof(EngineOptions.AuditInterval), TimeSpan.FromDays(1), TimeSpan.FromDays(2) },
        { nameof(EngineOptions.NoticeQueueMax), 1, 0 },
        { nameof(EngineOptions.NoticeQueueMax), 65_536, 65_537 },
        { nameof(EngineOptions.NoticeReadersMax), 1, 0 },
        { nameof(EngineOptions.NoticeReadersMax), 65_536, 65_537 },
        { "Watch.PendingMax", 64, 32 },
        { "Watch.PendingMax", 1_048_576, 1_048_575 },
        { "Watch.PendingMax", 1_048_576, 2_097_152 },
        { "Watch.Grace", TimeSpan.Zero, TimeSpan.FromTicks(-1) },
        { "Watch.Grace", TimeSpan.FromDays(7), TimeSpan.FromDays(8) },
        { "Watch.OutcomeWindow", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(59) },
        { "Watch.OutcomeWindow", TimeSpan.FromDays(365), TimeSpan.FromDays(366) },
        { "Watch.DriftWindow", TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(59) },
        { "Watch.DriftWindow", TimeSpan.FromDays(365), TimeSpan.FromDays(366) },
        { "Watch.SaveInterval", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(999) },
        { "Watch.SaveInterval", TimeSpan.FromDays(1), TimeSpan.FromDays(2) },
        { "Outbox.ConcurrencyMax", 1, 0 },
        { "Outbox.ConcurrencyMax", 256, 257 },
        { "Outbox.BatchMax", 1, 0 },
        { "Outbox.BatchMax", 4096, 4097 },
        { "Outbox.JitterMax", 0d, -0.1d },
        { "Outbox.JitterMax", 1d, 1.1d },
        { "Outbox.RetryAfterMax", TimeSpan.Zero, TimeSpan.FromSeconds(-1) },
        { "Outbox.RetryAfterMax", TimeSpan.FromDays(7), TimeSpan.FromDays(8) },
        { "Outbox.CircuitFailures", 1, 0 },
        { "Outbox.CircuitFailures", 1000, 1001 },
        { "Outbox.CircuitWaitMin", TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(99) },
        { "Outbox.CircuitWaitMax", TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(4) },
        { "Outbox.CircuitWaitMax", TimeSpan.FromHours(24), TimeSpan.FromHours(25) },
        { "Outbox.Source", "x", " " },
    };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Validate_AtAndBeyondABound_NamesTheOption(string name, object allowed, object refused)
    {
        Assert.Empty(EngineOptions.Validate(With(name, allowed)));
        Assert.StartsWith(name, Assert.Single(EngineOptions.Validate(With(name, refused))), StringComparison.Ordinal);
    }

    [Fact]
    public void Engine_WithABadOption_DoesNotStart()
    {
        var harness = new EngineHarness();
        harness.Options.BatchEventsMax = 0;
        Assert.Contains("BatchEventsMax is 0", Assert.Throws<ArgumentException>(() => harness.Build([])).Message, StringComparison.Ordinal);
    }

    private static EngineOptions With(string name, object value)
    {
        var options = new EngineOptions();
        object target = name.Split('.') switch
        {
            ["Outbox", _] => options.Outbox,
            ["Watch", _] => options.Watch,
            _ => options,
        };
        target.GetType().GetProperty(name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..])!.SetValue(target, value);
        return options;
    }
}
