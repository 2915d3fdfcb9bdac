using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Cli.Replay;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class ReplayRunnerTests : IDisposable
{
    private const string Header = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id";
    private const long Start = 1441852593;

    private readonly DataFolder _folder = new();
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    /// <summary>Law: whatever the lines, each is accepted, rejected or a duplicate, and no valid one is lost.</summary>
    [Fact]
    public void Run_AnyLines_AcceptedRejectedAndDuplicatesMakeUpTheLinesRead()
    {
        var line = Gen.Elements(
            $"{Start},1,2,view,3,4", $"{Start + 1},1,2,view,3,4", $"{Start + 2},9,2,transaction,3,4", $"{Start},1,2,addtocart,3,4",
            "", "x", ",,,,,", $"{Start},,2,view,3,4", "\"", $"{Start + 9},late,2,view,3,4", $"0,1,2,view,3,4");
        Prop.ForAll(Arb.From(Gen.ListOf(line)), lines =>
        {
            _folder.Write("a.csv", [Header, .. lines]);
            var engine = new RecordingEngine { IsLate = item => item.Customer.Value == "late" };
            var counts = Run(engine, ReplaySpeed.Max).Counts;
            var read = lines.Count(text => !string.IsNullOrWhiteSpace(text));
            return counts.Read == read
                && counts.Accepted + counts.Rejected + counts.Duplicates == read
                && counts.Accepted == engine.Events.Count
                && counts.RejectedByReason.Values.Sum() == counts.Rejected
                && counts.Rejected - counts.Late == engine.Rejects.Count;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Run_SameDataAgain_IsAllDuplicates()
    {
        _folder.Write("a.csv", Header, $"{Start},1,2,view,3,4", $"{Start + 1},1,2,view,3,4");
        var engine = new RecordingEngine();
        Run(engine, ReplaySpeed.Max);

        var again = Run(engine, ReplaySpeed.Max).Counts;

        Assert.Equal((2, 0, 2), (again.Read, again.Accepted, again.Duplicates));
    }

    [Fact]
    public void Run_Rejects_AreHandedOverWithSourceIndexAndRawLine()
    {
        _folder.Write("a.csv", Header, $"{Start},1,2,view,3,4", "broken");
        var engine = new RecordingEngine();

        Run(engine, ReplaySpeed.Max);

        var reject = Assert.Single(engine.Rejects);
        Assert.Equal(("replay", 1, LineCodes.BadLine, "broken"), (reject.Source, reject.Index, reject.Code, reject.Payload));
    }

    [Fact]
    public void Run_ManyLines_AreSentInBoundedBatchesAndThenTimeRunsOn()
    {
        _folder.Write("a.csv", [Header, .. Enumerable.Range(0, 6000).Select(i => $"{Start + i},1,2,view,{i},4")]);
        var engine = new RecordingEngine();

        var runner = Run(engine, ReplaySpeed.Max);

        Assert.Equal([2500, 2500, 1000], engine.BatchLengths);
        Assert.True(engine.HasRunToEnd);
        Assert.True(runner.IsComplete);
        Assert.Empty(_time.Waits);
    }

    [Theory]
    [InlineData("realtime", 1)]
    [InlineData("60x", 60)]
    [InlineData("0.5x", 0.5)]
    public void Run_Paced_SendsEachEventWhenItIsDue(string speed, double factor)
    {
        _folder.Write("a.csv", Header,
            $"{Start},1,2,view,3,4", "broken", $"{Start},2,2,view,3,4", $"{Start + 60},1,2,view,3,4", $"{Start + 180},1,2,view,3,4");
        var begin = _time.GetUtcNow();
        var sentAt = new List<TimeSpan>();
        var engine = new RecordingEngine { OnBatch = _ => sentAt.Add(_time.GetUtcNow() - begin) };

        Run(engine, ReplaySpeed.Parse(speed));

        Assert.Equal([3, 1, 1], engine.BatchLengths);
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromSeconds(60 / factor), TimeSpan.FromSeconds(180 / factor)], sentAt);
    }

    [Fact]
    public void Run_PacedOverAGapOfMonths_WaitsInPieces()
    {
        _folder.Write("a.csv", Header, $"{Start},1,2,view,3,4", $"{Start + (90 * 86400)},1,2,view,3,4");

        Run(new RecordingEngine(), ReplaySpeed.Realtime);

        Assert.Equal(90 * 24, _time.Waits.Count);
        Assert.All(_time.Waits, wait => Assert.Equal(TimeSpan.FromHours(1), wait));
    }

    [Fact]
    public void Run_Cancelled_StopsAfterTheBatchInFlightAndCountsIt()
    {
        _folder.Write("a.csv", [Header, .. Enumerable.Range(0, 6000).Select(i => $"{Start + i},1,2,view,{i},4")]);
        using var stop = new CancellationTokenSource();
        var engine = new RecordingEngine { OnBatch = _ => stop.Cancel() };

        var runner = Run(engine, ReplaySpeed.Max, stop.Token);

        Assert.Equal(2500, runner.Counts.Read);
        Assert.Equal(2500, runner.Counts.Accepted);
        Assert.False(runner.IsComplete);
        Assert.False(engine.HasRunToEnd);
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("0x")]
    [InlineData("-1x")]
    [InlineData("x")]
    [InlineData("1e9x")]
    [InlineData("2000000x")]
    [InlineData("NaNx")]
    public void Parse_BadSpeed_IsExplained(string text)
    {
        var stop = Assert.Throws<CliException>(() => ReplaySpeed.Parse(text));

        Assert.Equal(ExitCodes.Usage, stop.ExitCode);
        Assert.Contains($"--speed {text}: use max, realtime, or a factor such as 60x", stop.Message, StringComparison.Ordinal);
    }

    private ReplayRunner Run(RecordingEngine engine, ReplaySpeed speed, CancellationToken cancellationToken = default)
    {
        var runner = new ReplayRunner(engine, speed, _time);
        var run = runner.RunAsync(_folder.Load("retailrocket"), cancellationToken);
        Assert.True(run.Wait(TimeSpan.FromSeconds(30), CancellationToken.None), "the replay did not end");
        return runner;
    }
}
