using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Tests.Intake;

/// <summary>Segment's own client for Node.js against a running host: what it sends is what the intake has to understand.</summary>
public sealed class SegmentClientTests
{
    [NodeFact]
    public async Task AnalyticsNode_Visit_ArrivesEventForEvent()
    {
        await using var host = await TestHost.StartAsync();

        var (code, output) = await Programs.RunAsync(
            "node", ["send.mjs", host.Host.Address, TestHost.WriteKey], folder: NodeFactAttribute.Folder);

        Assert.True(code == 0, output);
        var seen = JsonNode.Parse(output)!;
        Assert.Equal((5, "[]"), ((int)seen["delivered"]!, seen["errors"]!.ToJsonString()));
        Assert.Empty(host.Engine.Rejects);
        Assert.Equal(
            [EventKind.PageViewed, EventKind.ProductViewed, EventKind.Identified, EventKind.CartAdded, EventKind.Custom],
            host.Engine.Events.Select(item => item.Kind));
        Assert.Equal(["anon:node-visitor", "node-customer"], host.Engine.Events.Select(item => item.Customer.Value).Distinct());
        Assert.Equal("gold", host.Engine.Events[2].Traits!["plan"]);
        Assert.Equal(("node-cart", 59.9m), (host.Engine.Events[3].CartId, host.Engine.Events[3].Products[0].Price));
    }

    [NodeFact]
    public async Task AnalyticsNode_WrongKey_IsRefused()
    {
        await using var host = await TestHost.StartAsync();

        var (_, output) = await Programs.RunAsync("node", ["send.mjs", host.Host.Address, "wrong-key-1"], folder: NodeFactAttribute.Folder);

        Assert.NotEqual("[]", JsonNode.Parse(output)!["errors"]!.ToJsonString());
        Assert.Empty(host.Engine.Events);
    }
}
