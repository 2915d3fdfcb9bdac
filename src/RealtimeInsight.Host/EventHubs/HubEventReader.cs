using Microsoft.Extensions.ObjectPool;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>
/// What a hub's bytes mean: an item of <c>/v1/batch</c>, or a whole batch, by the rules of the HTTP intake. Thread-safe.
/// </summary>
internal sealed class HubEventReader(IntakeOptions options) : IHubEventReader
{
    private readonly ObjectPool<RequestParser> _parsers =
        new DefaultObjectPool<RequestParser>(new ParserPolicy(options.FutureMax), Environment.ProcessorCount * 2);

    public void Read(in HubEvent received, ICollection<CustomerEvent> events, ICollection<RejectedItem> rejects)
    {
        var parsed = new ParsedRequest { Source = EventHubsHandler.Source };
        var parser = _parsers.Get();
        try
        {
            parser.ReadMessage(received.Body, received.Id, received.EnqueuedAt, parsed, received.TraceParent);
        }
        finally
        {
            parser.Clear();
            _parsers.Return(parser);
        }

        foreach (var one in parsed.Events) events.Add(one);
        foreach (var one in parsed.Rejects) rejects.Add(one);
    }
}
