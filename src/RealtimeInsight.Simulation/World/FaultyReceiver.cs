using System.Globalization;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation.World;

/// <summary>
/// A receiver of actions behind a bad line, which drops what it has had already. What one attempt meets depends on its decision and
/// number alone. A request on its way arrives whether or not the sender lives on.
/// </summary>
internal sealed class FaultyReceiver(string name, long seed, Agenda agenda, Func<int> process) : IActionChannel
{
    private readonly Dictionary<string, byte[]> _bodies = new(StringComparer.Ordinal);

    public string Name => name;

    public bool IsFaulty { get; set; }

    /// <summary>Actions by decision: each once, whatever was sent.</summary>
    public IReadOnlyDictionary<string, byte[]> Bodies => _bodies;

    /// <summary>Decisions that it refused for good.</summary>
    public HashSet<string> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Requests that arrived, repetitions included.</summary>
    public long Requests { get; private set; }

    public long Faults { get; private set; }

    /// <summary>Called with what cannot be: another body under the same id.</summary>
    public required Action<string> Changed { get; init; }

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        var draw = new Draw(seed, string.Create(CultureInfo.InvariantCulture, $"{name} {message.DecisionId} {message.Attempt}"));
        var takes = draw.Span(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(500));
        var (arrives, result) = IsFaulty ? Meet(draw, message, ref takes) : (true, DeliveryResult.Delivered);
        if (arrives) agenda.In(takes / 2, () => Take(message));
        if (result is null) throw new InvalidOperationException("the channel broke");

        // Goes on where it is completed: on the scheduler's thread.
        var answer = new TaskCompletionSource<DeliveryResult>();
        var sender = process();
        var registration = cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        agenda.In(takes, () =>
        {
            registration.Dispose();
            if (process() == sender) answer.TrySetResult(result);
        });
        return new ValueTask<DeliveryResult>(answer.Task);
    }

    private (bool Arrives, DeliveryResult? Result) Meet(Draw draw, ActionMessage message, ref TimeSpan takes)
    {
        var kind = draw.Whole(0, 9);
        if (kind <= 2) return (true, DeliveryResult.Delivered);
        Faults++;
        switch (kind)
        {
            case 3:
                return (true, new DeliveryResult(DeliveryStatus.Retry, Detail: "the answer was lost"));
            case 4:
                return (false, new DeliveryResult(DeliveryStatus.Retry, 503, "unavailable"));
            case 5:
                return (false, new DeliveryResult(DeliveryStatus.Retry, 429, "slow down", TimeSpan.FromSeconds(draw.Whole(1, 600))));
            case 6:
                takes = TimeSpan.FromSeconds(draw.Whole(10, 90));
                return (draw.Chance(0.5), new DeliveryResult(DeliveryStatus.Retry, Detail: "no answer in time"));
            case 7:
                takes = TimeSpan.FromSeconds(draw.Whole(5, 60));
                return (true, DeliveryResult.Delivered);
            case 8 when draw.Chance(0.2):
                Refused.Add(message.DecisionId);
                return (false, new DeliveryResult(DeliveryStatus.Failed, 400, "not acceptable"));
            default:
                return (false, null);
        }
    }

    private void Take(ActionMessage message)
    {
        Requests++;
        var body = message.Body.ToArray();
        if (_bodies.TryAdd(message.DecisionId, body)) return;
        if (!body.AsSpan().SequenceEqual(_bodies[message.DecisionId])) Changed(message.DecisionId);
    }
}
