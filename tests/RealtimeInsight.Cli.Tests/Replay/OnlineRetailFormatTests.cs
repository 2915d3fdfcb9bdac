using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class OnlineRetailFormatTests : IDisposable
{
    private const string Header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_OrderLine_IsACompletedOrder()
    {
        var read = Single("536365,85123A,\"HOLDER, WHITE\",6,2010-12-01 08:26:00,2.55,17850,United Kingdom").Event!;

        Assert.Equal(EventKind.OrderCompleted, read.Kind);
        Assert.Equal("536365", read.OrderId);
        Assert.Null(read.Value);
        Assert.Equal(15.30m, read.Amount);
        Assert.Equal("GBP", read.Currency);
        Assert.Equal("17850", read.Customer.Value);
        Assert.Equal(Instant.From(new DateTimeOffset(2010, 12, 1, 8, 26, 0, TimeSpan.Zero)), read.OccurredAt);
        Assert.Equal(new ProductLine("85123A", Name: "HOLDER, WHITE", Price: 2.55m, Quantity: 6), Assert.Single(read.Products));
    }

    [Fact]
    public void Read_InvoiceStartingWithC_IsARefund()
    {
        var read = Single("C536379,22556,PLASTERS,-12,2010-12-01 09:41:00,1.65,14527,France").Event!;

        Assert.Equal(EventKind.OrderRefunded, read.Kind);
        Assert.Equal("C536379", read.OrderId);
        Assert.Equal(19.80m, read.Amount);
        Assert.Equal(12, read.Products[0].Quantity);
    }

    [Theory]
    [InlineData("1,S,D,1,2010-12-01 08:26:00,2.55,,UK", LineCodes.MissingId, "CustomerID is empty")]
    [InlineData("1,S,D,1,2010-12-01 08:26:00,0,5,UK", LineCodes.InvalidNumber, "UnitPrice is '0'")]
    [InlineData("1,S,D,1,2010-12-01 08:26:00,-11062.06,5,UK", LineCodes.InvalidNumber, "UnitPrice is '-11062.06'")]
    [InlineData("1,S,D,1,2010-12-01 08:26:00,NaN,5,UK", LineCodes.InvalidNumber, "UnitPrice is 'NaN'")]
    [InlineData("1,S,D,1,2010-12-01 08:26:00,1e5,5,UK", LineCodes.InvalidNumber, "UnitPrice is '1e5'")]
    [InlineData("1,S,D,0,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "Quantity is '0'")]
    [InlineData("1,S,D,-3,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "Quantity is '-3'")]
    [InlineData("C1,S,D,3,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "Quantity is '3'")]
    [InlineData("1,S,D,80995,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "from 1 to 10000")]
    [InlineData("C1,S,D,-80995,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "from -10000 to -1")]
    [InlineData("1,S,D,two,2010-12-01 08:26:00,1,5,UK", LineCodes.InvalidNumber, "Quantity is 'two'")]
    [InlineData("1,S,D,1,2010-12-01,1,5,UK", LineCodes.BadTimestamp, "InvoiceDate is '2010-12-01'")]
    [InlineData("1,S,D,1,2010-13-01 08:26:00,1,5,UK", LineCodes.BadTimestamp, "2010-13-01")]
    [InlineData(",S,D,1,2010-12-01 08:26:00,1,5,UK", LineCodes.MissingField, "InvoiceNo is empty")]
    [InlineData("1,,D,1,2010-12-01 08:26:00,1,5,UK", LineCodes.MissingField, "StockCode is empty")]
    public void Read_MalformedLine_IsKeptWithReason(string line, string code, string message)
    {
        var malformed = Single(line).Malformed!;

        Assert.Equal(code, malformed.Code);
        Assert.Contains(message, malformed.Message, StringComparison.Ordinal);
    }

    private ReplayItem Single(string line)
    {
        _folder.Write("lines.csv", Header, line);
        return Assert.Single(_folder.Load("online_retail").Items);
    }
}
