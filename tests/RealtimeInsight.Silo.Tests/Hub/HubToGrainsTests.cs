using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Silo.Tests.Parts;

namespace RealtimeInsight.Silo.Tests.Hub;

/// <summary>A partition in memory through the silo's own sink into grains.</summary>
public sealed class HubToGrainsTests
{
    private const int Events = 120;
    private const int Customers = 10;

    [Fact]
    public async Task Partition_ReadTwiceFromTheStart_IsInTheGrainsOnceAndPoisonIsSetAside()
    {
        await using var silo = await TestSilo.StartAsync(null);
        HubPosition? checkpoint = null;

        foreach (var _ in (int[])[1, 2])
        {
            var pump = new PartitionPump(
                "1", silo.Services.GetRequiredService<Func<string, IPartitionSink>>()("hub-1"), new HubEventReader(new IntakeOptions()),
                new HubReaderOptions { CheckpointEventsMax = 50 },
                (position, _) =>
                {
                    checkpoint = position;
                    return Task.CompletedTask;
                },
                new HubInstruments(new Meter(HubInstruments.MeterName)), TimeProvider.System, NullLogger.Instance);
            foreach (var part in Enumerable.Range(0, Events).Chunk(16))
            {
                await pump.ProcessAsync([.. part.Select(At)], CancellationToken.None);
            }

            await pump.StopAsync(isOwned: true, CancellationToken.None);
        }

        Assert.Equal(Events - 1, checkpoint?.SequenceNumber);
        var engine = silo.Services.GetRequiredService<ICustomerEngine>();
        for (var i = 0; i < Customers; i++)
        {
            var insight = await engine.GetInsightAsync(CustomerId.FromUser($"c{i}"), CancellationToken.None);
            Assert.Equal(Enumerable.Range(0, Events).Count(at => at % Customers == i && !IsPoison(at)), insight?.Profile.Events);
        }

        var kept = silo.Folder.GetFiles("*.json", SearchOption.AllDirectories).Count(static file => file.Directory!.Name == "hub-1");
        Assert.Equal(Enumerable.Range(0, Events).Count(IsPoison), kept);
    }

    private static bool IsPoison(int at) => at % 40 == 7;

    private static HubEvent At(int at) => new(
        new HubPosition(at, $"o{at}"), $"hub-1-{at}", DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(at),
        Encoding.UTF8.GetBytes(IsPoison(at) ? "{" : $$"""{"type":"page","userId":"c{{at % Customers}}"}"""));
}
