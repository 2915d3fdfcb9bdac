using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Cli.Tests.Replay;

public sealed class RetailRocketFormatTests : IDisposable
{
    private const string Header = "timestamp_unix_s,user_id,session_id,event_type,item_id,category_id";

    private readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("view", EventKind.ProductViewed)]
    [InlineData("addtocart", EventKind.CartAdded)]
    [InlineData("transaction", EventKind.OrderCompleted)]
    public void Read_KnownType_BecomesCanonicalEvent(string type, EventKind kind)
    {
        var read = Single($"1441852593,1145517,1433838,{type},165162,1173").Event!;

        Assert.Equal(kind, read.Kind);
        Assert.Equal(CustomerId.FromUser("1145517"), read.Customer);
        Assert.Equal(new Instant(1441852593000), read.OccurredAt);
        Assert.Equal(new ProductLine("165162", "1173"), Assert.Single(read.Products));
        Assert.Equal(kind == EventKind.OrderCompleted ? "1433838-1441852593" : null, read.OrderId);
    }

    [Fact]
    public void Read_UnknownType_IsKeptUnderItsName()
    {
        var read = Single("1441852593,1,2,wishlist,,").Event!;

        Assert.Equal(EventKind.Custom, read.Kind);
        Assert.Equal("wishlist", read.CustomName);
        Assert.Empty(read.Products);
    }

    [Theory]
    [InlineData("yesterday,1,2,view,3,4", LineCodes.BadTimestamp, "timestamp_unix_s is 'yesterday'")]
    [InlineData(",1,2,view,3,4", LineCodes.BadTimestamp, "timestamp_unix_s is ''")]
    [InlineData("1441852593000,1,2,view,3,4", LineCodes.BadTimestamp, "'1441852593000'")]
    [InlineData("12,1,2,view,3,4", LineCodes.BadTimestamp, "outside the years 1990 to 2099")]
    [InlineData("1441852593,,2,view,3,4", LineCodes.MissingId, "user_id is empty")]
    [InlineData("1441852593, ,2,view,3,4", LineCodes.MissingId, "user_id is empty")]
    [InlineData("1441852593,a\u0001b,2,view,3,4", LineCodes.InvalidId, "U+0001")]
    [InlineData("1441852593,anon:1,2,view,3,4", LineCodes.InvalidId, "anon:")]
    [InlineData("1441852593,1,2,,3,4", LineCodes.MissingField, "event_type is empty")]
    [InlineData("1441852593,1,2,view,,4", LineCodes.MissingField, "item_id is empty")]
    [InlineData("1441852593,1,2,view,3", LineCodes.BadLine, "has 5 fields, the header names 6")]
    [InlineData("1441852593,1,2,view,3,4,5", LineCodes.BadLine, "has 7 fields")]
    [InlineData("nonsense", LineCodes.BadLine, "has 1 fields")]
    [InlineData("1441852593,\"1,2,view,3,4", LineCodes.BadLine, "does not close")]
    [InlineData("1441852593,\"1\"x,2,view,3,4", LineCodes.BadLine, "behind its quote")]
    public void Read_MalformedLine_IsKeptWithReason(string line, string code, string message)
    {
        var malformed = Single(line).Malformed!;

        Assert.Equal(code, malformed.Code);
        Assert.StartsWith("events.csv:2: ", malformed.Message, StringComparison.Ordinal);
        Assert.Contains(message, malformed.Message, StringComparison.Ordinal);
        Assert.Equal(line, malformed.Raw);
    }

    [Fact]
    public void Read_OpenQuote_DoesNotSwallowTheLinesAfterIt()
    {
        _folder.Write("events.csv", Header, "1,\"1,2,view,3,4", "1441852593,1,2,view,3,4", "1441852594,1,2,view,\"3\",4");

        var items = _folder.Load("retailrocket").Items;

        Assert.Equal([true, false, false], items.Select(item => item.Malformed is not null));
        Assert.Equal("3", items[2].Event!.Products[0].ProductId);
    }

    [Fact]
    public void Read_OverlongLine_IsRejectedAndCut()
    {
        var malformed = Single("1441852593,1,2,view,3," + new string('x', 100_000)).Malformed!;

        Assert.Equal(LineCodes.TooLarge, malformed.Code);
        Assert.Equal(LineReader.LengthMax, malformed.Raw.Length);
    }

    [Fact]
    public void Read_OverlongField_IsRejected()
    {
        Assert.Equal(LineCodes.InvalidId, Single($"1441852593,{new string('u', 257)},2,view,3,4").Malformed!.Code);
        Assert.Equal(LineCodes.InvalidId, Single($"1441852593,1,2,{new string('e', 201)},3,4").Malformed!.Code);
        Assert.Equal(LineCodes.InvalidId, Single($"1441852593,1,2,view,{new string('i', 257)},4").Malformed!.Code);
    }

    [Fact]
    public void Read_SameLineTwice_HasOneId()
    {
        _folder.Write("events.csv", Header, "1441852593,1,2,view,3,4", "1441852593,1,2,view,3,5", "1441852593,1,2,view,3,4");

        var ids = _folder.Load("retailrocket").Items.Select(item => item.Event!.Id.Value).ToList();

        Assert.Equal(ids[0], ids[2]);
        Assert.NotEqual(ids[0], ids[1]);
        Assert.Equal("retailrocket-5307755e6ea69da9182ab7712a87f8a0", ids[0]);
    }

    [Fact]
    public void Read_ColumnsInAnotherOrder_FindsThemByName()
    {
        _folder.Write("events.csv",
            "item_id,extra,event_type,user_id,SESSION_ID,category_id,timestamp_unix_s", "3,zz,view,7,2,4,1441852593");

        var read = Assert.Single(_folder.Load("retailrocket").Items).Event!;

        Assert.Equal("7", read.Customer.Value);
        Assert.Equal("3", read.Products[0].ProductId);
    }

    private ReplayItem Single(string line)
    {
        _folder.Write("events.csv", Header, line);
        return Assert.Single(_folder.Load("retailrocket").Items);
    }
}
