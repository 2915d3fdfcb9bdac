using System.Net;
using System.Text;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Demo;

public sealed class SegmentWriterTests
{
    [Fact]
    public void Batch_OfTheSimulatedShop_IsReadBackEventForEvent()
    {
        var events = new ShopSimulator(new ShopSimulatorOptions { Customers = 200, ArrivalDays = 0.2 }).Events().Take(5_000).ToList();
        var last = events[^1].OccurredAt;
        var parsed = new ParsedRequest();
        var parser = new RequestParser(TimeSpan.Zero);

        foreach (var chunk in events.Chunk(500))
        {
            Assert.True(parser.TryReadJson(SegmentWriter.Batch(chunk, last), out _));
            Assert.Null(parser.Parse(null, last.ToDateTimeOffset(), null, parsed));
        }

        Assert.Empty(parsed.Rejects);
        Assert.True(events.Select(item => item.Kind).Distinct().Count() > 15);
        Assert.All(events.Zip(parsed.Events), pair => Assert.Equal(Comparable(pair.First), Comparable(pair.Second)));
    }

    [Fact]
    public async Task Batch_OfTheSimulatedShop_IsAcceptedOverHttp()
    {
        await using var host = await TestHost.StartAsync();
        var start = Instant.From(host.Time.Now) - TimeSpan.FromDays(2);
        var events = new ShopSimulator(new ShopSimulatorOptions { Start = start }).Events().Take(300).ToList();

        var answer = await host.PostAsync(
            "/v1/batch", Encoding.UTF8.GetString(SegmentWriter.Batch(events, Instant.From(host.Time.Now)).Span));

        Assert.Equal((HttpStatusCode.OK, 300), (answer.Status, answer.Accepted));
    }

    private static string Comparable(CustomerEvent item) => string.Join('|',
        item.Id, item.Kind, item.Customer, item.Visitor, item.OccurredAt, item.CartId, item.OrderId, item.CheckoutId, item.Value,
        item.Currency, item.Subject, item.Text, item.Rating, item.TimeZone, string.Join(';', item.Products),
        Entries(item.Traits), Entries(item.Consents));

    private static string Entries<T>(IReadOnlyDictionary<string, T>? map) =>
        map is null ? "" : string.Join(';', map.OrderBy(pair => pair.Key, StringComparer.Ordinal));
}
