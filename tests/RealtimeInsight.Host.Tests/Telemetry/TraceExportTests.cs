using System.Diagnostics;
using RealtimeInsight.Host.Telemetry;

namespace RealtimeInsight.Host.Tests.Telemetry;

public sealed class TraceExportTests
{
    [Fact]
    public void PrivateTags_OfASpan_AreTakenOffBeforeItLeaves()
    {
        using var span = new Activity("call").SetTag("orleans.rpc.target_id", "ri.customer/ada").SetTag("url.path", "/v1/customers/ada")
            .SetTag("exception.message", "ada").SetTag("rpc.method", "observe");
        using var processor = new TraceExport.PrivateTags();

        processor.OnEnd(span);

        Assert.Equal([new KeyValuePair<string, object?>("rpc.method", "observe")], span.TagObjects);
    }
}
