using RealtimeInsight.Cli.Replay;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>The readers over the whole recorded sets; the figures were counted from the files by other means.</summary>
public sealed class RealDataReadTests
{
    [RealDataFact]
    public void Load_RetailRocket_EveryLineIsAnEvent()
    {
        var input = Load("retailrocket");

        Assert.Equal(31_687, input.Items.Count);
        Assert.Equal(0, input.MalformedCount);
        Assert.Equal(29_596, Count(input, EventKind.ProductViewed));
        Assert.Equal(1_593, Count(input, EventKind.CartAdded));
        Assert.Equal(498, Count(input, EventKind.OrderCompleted));
        Assert.Equal(9_211, Customers(input));
        Assert.Equal(31_687, Ids(input));
    }

    [RealDataFact]
    public void Load_OnlineRetail_EveryLineIsAnEventOrAReject()
    {
        var input = Load("online_retail");

        Assert.Equal(334_054, input.Items.Count);
        var codes = input.Items.Where(item => item.Malformed is not null).CountBy(item => item.Malformed!.Code).ToDictionary();
        Assert.Equal(91_927, codes[LineCodes.MissingId]);
        Assert.Equal(23, codes[LineCodes.InvalidNumber]);
        Assert.Equal(2, codes.Count);
        Assert.Equal(3_411, Customers(input));
        Assert.Equal(239_567, Ids(input));
        Assert.True(IsOrdered(input));
    }

    [RealDataFact]
    public void Load_Eshop2008_EveryLineIsAnEventOfItsSession()
    {
        var input = Load("eshop2008");

        Assert.Equal(116_095, input.Items.Count);
        Assert.Equal(0, input.MalformedCount);
        Assert.Equal(17_031, Customers(input));
        Assert.Equal(116_095, Ids(input));
        Assert.True(IsOrdered(input));
    }

    private static ReplayInput Load(string set) =>
        ReplayInput.Load(EventFormats.Get(set), RealData.Of(set), null, CancellationToken.None);

    private static int Count(ReplayInput input, EventKind kind) => input.Items.Count(item => item.Event?.Kind == kind);

    private static int Customers(ReplayInput input) => Events(input).Select(item => item.Customer).Distinct().Count();

    private static int Ids(ReplayInput input) => Events(input).Select(item => item.Id).Distinct().Count();

    private static IEnumerable<CustomerEvent> Events(ReplayInput input) =>
        input.Items.Where(item => item.Event is not null).Select(item => item.Event!);

    private static bool IsOrdered(ReplayInput input) =>
        Events(input).Zip(Events(input).Skip(1)).All(pair => pair.First.OccurredAt <= pair.Second.OccurredAt);
}
