using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.EventHubs.Tests;

public sealed class HubFaultTests
{
    private static readonly HubReaderOptions s_secret = new()
    {
        ConnectionString = "Endpoint=sb://shop/;SharedAccessKey=secret", Hub = "clicks", CheckpointConnectionString = "AccountKey=secret",
        CheckpointContainer = "marks", Partitions = 4,
    };

    private static readonly HubReaderOptions s_identity = new()
    {
        Namespace = "shop.servicebus.windows.net", Hub = "clicks", CheckpointContainer = "https://shop.blob.core.windows.net/marks",
    };

    [Fact]
    public void Faults_OfEveryKind_SayWhatWhichValueAndTheCureWithoutSecrets()
    {
        foreach (var kind in Enum.GetValues<HubFaultKind>())
        {
            foreach (var options in (HubReaderOptions[])[s_secret, s_identity])
            {
                var hub = HubFault.OfHub(options, kind, "detail-1");
                var container = HubFault.OfContainer(options, "CheckpointContainer", options.CheckpointContainer, kind, "detail-2");

                Assert.Contains("detail-1", hub, StringComparison.Ordinal);
                Assert.Contains("detail-2", container, StringComparison.Ordinal);
                Assert.DoesNotContain("secret", hub + container, StringComparison.Ordinal);
            }
        }

        Assert.Contains("'clicks', group '$Default'", HubFault.OfHub(s_identity, HubFaultKind.NotFound, ""), StringComparison.Ordinal);
        Assert.Contains("Event Hubs Data Receiver", HubFault.OfHub(s_identity, HubFaultKind.NotAllowed, ""), StringComparison.Ordinal);
        Assert.Contains("with Listen", HubFault.OfHub(s_secret, HubFaultKind.NotAllowed, ""), StringComparison.Ordinal);
        Assert.StartsWith(
            "HubReader:CheckpointContainer is 'marks', and there is no such container",
            HubFault.OfContainer(s_secret, "CheckpointContainer", "marks", HubFaultKind.NotFound, ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(8, true)]
    public void Partitions_OtherThanConfigured_AreRefusedWithBothCounts(int partitions, bool isRefused)
    {
        var problem = HubFault.OfPartitions(s_secret, partitions);

        Assert.Equal(isRefused, problem is not null);
        if (isRefused) Assert.StartsWith("HubReader:Partitions is 4, and hub 'clicks' has 8", problem, StringComparison.Ordinal);
        Assert.Null(HubFault.OfPartitions(s_identity, partitions));
    }

    [Fact]
    public async Task FilePoison_KeptAgainFromTheSamePlace_IsOneFile()
    {
        var folder = Directory.CreateTempSubdirectory("poison");
        try
        {
            var store = new FilePoison(folder.FullName, NullLogger<FilePoison>.Instance);
            var item = new RejectedItem(Instant.From(DateTimeOffset.UnixEpoch), "eventhubs", 0, "invalid_json", "no JSON", "{");
            PoisonEvent[] events = [new(PlacedEvent.OffsetOf(7, 0), item), new(PlacedEvent.OffsetOf(7, 1), item)];

            await store.KeepAsync("hub-1", events, CancellationToken.None);
            await store.KeepAsync("hub-1", events, CancellationToken.None);

            var files = folder.GetFiles("*.json", SearchOption.AllDirectories).Select(static file => file.Name).Order();
            Assert.Equal(["00000000000000000007-0.json", "00000000000000000007-1.json"], files);
            Assert.Contains("\"code\":\"invalid_json\"", await File.ReadAllTextAsync(
                Path.Combine(folder.FullName, "hub-1", "00000000000000000007-1.json")), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
