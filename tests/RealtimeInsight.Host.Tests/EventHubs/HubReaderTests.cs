using System.Text;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.EventHubs;

public sealed class HubReaderTests
{
    private const string Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly DateTimeOffset s_received = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_AnItem_IsWhatTheIntakeMakesOfIt()
    {
        var (events, rejects) = Read(
            """{"type":"track","userId":"ada","event":"Product Added","properties":{"product_id":"p1","price":5}}""");

        var one = Assert.Single(events);
        Assert.Empty(rejects);
        Assert.Equal(("ada", EventKind.CartAdded, "hub-0-7", Trace), (one.Customer.Value, one.Kind, one.Id.Value, one.TraceParent));
        Assert.Equal(s_received, one.IngestedAt.ToDateTimeOffset());
    }

    [Fact]
    public void Read_ABatch_GivesEachItemAnIdOfItsOwn()
    {
        var (events, rejects) = Read("""
            {"batch":[{"type":"page","userId":"ada"},{"type":"nonsense","userId":"ada"},{"type":"page","userId":"bob","messageId":"m-1"}]}
            """);

        Assert.Equal(["hub-0-7-0", "m-1"], events.Select(static one => one.Id.Value));
        var reject = Assert.Single(rejects);
        Assert.Equal(("eventhubs", 1), (reject.Source, reject.Index));
    }

    [Fact]
    public void Read_NoJson_IsARejectWithWhatWasSent()
    {
        var (events, rejects) = Read("{ not json");

        Assert.Empty(events);
        Assert.Equal((RejectCodes.InvalidJson, "{ not json"), (Assert.Single(rejects).Code, rejects[0].Payload));
    }

    [Fact]
    public async Task Run_HubThatCannotBeRead_StopsTheProcessAndSaysWhy()
    {
        using var folder = new TempFolder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var stop = new CancellationTokenSource(TestHost.Patience);
        var arguments = new HostArguments
        {
            Port = 0, DataDir = folder.Path, NoDemo = true,
            Settings = new Dictionary<string, string?>
            {
                ["HubReader:Hub"] = "clicks", ["HubReader:ConnectionString"] = "Endpoint=sb://nowhere.invalid/;SharedAccessKey=secret",
                ["HubReader:CheckpointConnectionString"] = "AccountName=none;AccountKey=secret",
                ["HubReader:CheckpointContainer"] = "marks",
            },
        };

        var code = await HostProgram.RunAsync(arguments, output, error, stop.Token);

        Assert.Equal(HostProgram.ExitFailure, code);
        Assert.Contains("HubReader:", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString() + output, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_OfAHub_AreCheckedAtTheStart()
    {
        var refused = Assert.Throws<SetupException>(() => HostSettings.Read(new HostArguments
        {
            Settings = new Dictionary<string, string?> { ["HubReader:Hub"] = "clicks", ["HubReader:BatchEventsMax"] = "0" },
        }));

        Assert.Contains("HubReader:BatchEventsMax is 0", refused.Message, StringComparison.Ordinal);
        Assert.Contains("HubReader:give ConnectionString, or Namespace", refused.Message, StringComparison.Ordinal);
    }

    private static (List<CustomerEvent> Events, List<RejectedItem> Rejects) Read(string body)
    {
        var (events, rejects) = (new List<CustomerEvent>(), new List<RejectedItem>());
        var received = new HubEvent(new HubPosition(7, "o7"), "hub-0-7", s_received, Encoding.UTF8.GetBytes(body)) { TraceParent = Trace };
        new HubEventReader(new IntakeOptions()).Read(received, events, rejects);
        return (events, rejects);
    }
}
