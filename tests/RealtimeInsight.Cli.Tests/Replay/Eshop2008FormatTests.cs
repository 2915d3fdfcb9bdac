using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class Eshop2008FormatTests : IDisposable
{
    private const string Header =
        "year,month,day,order,country,session_id,page1_main_category,page2_clothing_model,colour,location,"
        + "model_photography,price,price2,page";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Click_IsAProductViewOfItsVisitor()
    {
        var read = Read("2008,4,1,1,29,17,2,A13,1,5,1,28,2,1")[0].Event!;

        Assert.Equal(EventKind.ProductViewed, read.Kind);
        Assert.Equal(CustomerId.FromVisitor("17"), read.Customer);
        Assert.Equal(new ProductLine("A13", "skirts", Price: 28m), Assert.Single(read.Products));
        Assert.Equal("USD", read.Currency);
        Assert.Equal(new DateTime(2008, 4, 1), read.OccurredAt.ToDateTimeOffset().Date);
    }

    [Fact]
    public void Read_ClicksOfOneSession_AreHalfAMinuteApart()
    {
        var items = Read(
            "2008,4,1,1,29,17,2,A13,1,5,1,28,2,1",
            "2008,4,1,2,29,17,2,A14,1,5,1,28,2,1",
            "2008,4,1,4,29,17,2,A15,1,5,1,28,2,1");

        var times = items.Select(item => item.Event!.OccurredAt).ToList();
        Assert.Equal(TimeSpan.FromSeconds(30), times[1] - times[0]);
        Assert.Equal(TimeSpan.FromSeconds(90), times[2] - times[0]);
    }

    [Fact]
    public void Read_Sessions_SpreadOverTheDayAndAlwaysAlike()
    {
        var lines = Enumerable.Range(1, 200).Select(session => $"2008,4,1,1,29,{session},2,A13,1,5,1,28,2,1").ToArray();

        var hours = Read(lines).Select(item => item.Event!.OccurredAt.ToDateTimeOffset().Hour).ToList();

        Assert.Equal(22, hours.Distinct().Count());
        Assert.Equal(hours, Read(lines).Select(item => item.Event!.OccurredAt.ToDateTimeOffset().Hour));
    }

    [Theory]
    [InlineData("2008,2,30,1,29,17,2,A13,1,5,1,28,2,1", LineCodes.BadTimestamp, "day is '30'")]
    [InlineData("2008,13,1,1,29,17,2,A13,1,5,1,28,2,1", LineCodes.BadTimestamp, "month is '13'")]
    [InlineData("8,4,1,1,29,17,2,A13,1,5,1,28,2,1", LineCodes.BadTimestamp, "year is '8'")]
    [InlineData("2008,4,1,0,29,17,2,A13,1,5,1,28,2,1", LineCodes.InvalidNumber, "order is '0'")]
    [InlineData("2008,4,1,1,29,,2,A13,1,5,1,28,2,1", LineCodes.MissingId, "session_id is empty")]
    [InlineData("2008,4,1,1,29,17,2,,1,5,1,28,2,1", LineCodes.MissingField, "page2_clothing_model is empty")]
    [InlineData("2008,4,1,1,29,17,2,A13,1,5,1,free,2,1", LineCodes.InvalidNumber, "price is 'free'")]
    public void Read_MalformedLine_IsKeptWithReason(string line, string code, string message)
    {
        var malformed = Read(line)[0].Malformed!;

        Assert.Equal(code, malformed.Code);
        Assert.Contains(message, malformed.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ReplayItem> Read(params string[] lines)
    {
        _folder.Write("clicks.csv", [Header, .. lines]);
        return EventFormats.Get("eshop2008").Read(new DataFile(Path.Combine(_folder.Path, "clicks.csv"))).ToList();
    }
}
