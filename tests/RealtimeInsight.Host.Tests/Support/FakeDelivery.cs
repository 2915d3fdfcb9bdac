using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Tests;

/// <summary>Dead letters in a list, and one endpoint.</summary>
internal sealed class FakeDelivery : IDeliveryControl
{
    public List<DeadLetter> Letters { get; } = [];

    public DeadLetterFilter? Asked { get; private set; }

    public bool IsDisabled { get; private set; }

    public ValueTask<IReadOnlyList<EndpointStatus>> GetEndpointsAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<EndpointStatus>>(
            [new("webhook", ["webhook", "default"], IsDisabled ? "disabled" : "open", IsDisabled ? Sample.At : null, null, 0, null)]);

    public ValueTask<DeadLetterPage> ListAsync(
        DeadLetterFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        if (cursor == "bad") throw new FormatException("the cursor is not one of this list");
        Asked = filter;
        var skipped = cursor is null ? 0 : int.Parse(cursor);
        var items = Letters.Skip(skipped).Take(limit).ToList();
        return ValueTask.FromResult(new DeadLetterPage(items, items.Count < limit ? null : $"{skipped + limit}"));
    }

    public ValueTask<DeadLetterView?> FindAsync(string decisionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Letters.Find(letter => letter.DecisionId == decisionId) is { } found
            ? new DeadLetterView(found, Sample.Decision().Attempts, Sample.Decision().Record)
            : null);

    public ValueTask<bool> RedriveAsync(string decisionId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Letters.RemoveAll(letter => letter.DecisionId == decisionId) > 0);

    public ValueTask<int> RedriveAsync(DeadLetterFilter filter, int limit, CancellationToken cancellationToken)
    {
        Asked = filter;
        var count = Math.Min(limit, Letters.Count);
        Letters.RemoveRange(0, count);
        return ValueTask.FromResult(count);
    }

    public ValueTask<bool> EnableAsync(string endpoint, CancellationToken cancellationToken) => Set(endpoint, isDisabled: false);

    public ValueTask<bool> DisableAsync(string endpoint, CancellationToken cancellationToken) => Set(endpoint, isDisabled: true);

    private ValueTask<bool> Set(string endpoint, bool isDisabled)
    {
        if (endpoint != "webhook") return ValueTask.FromResult(false);
        IsDisabled = isDisabled;
        return ValueTask.FromResult(true);
    }
}
