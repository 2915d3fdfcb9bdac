using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Outbox;

/// <summary>
/// Whether one endpoint may be sent to: open, paused (failures in a row, or the receiver asked to wait) or disabled. After a pause of
/// failures one send at a time tries it, until one gets through. Knows no clock. Thread-safe.
/// </summary>
public sealed class EndpointGate(string name, IReadOnlyList<string> names, OutboxOptions options, EndpointRow? disabled)
{
    private const int DoublingsMax = 30;
    private readonly Lock _gate = new();
    private EndpointRow? _disabled = disabled;
    private Instant _opensAt = Instant.None;
    private int _failures;

    public string Name => name;

    /// <summary>Why and since when nothing is sent; null when it is not disabled.</summary>
    public EndpointRow? Disabled
    {
        get
        {
            lock (_gate) return _disabled;
        }
    }

    /// <summary>When the pause ends.</summary>
    public Instant OpensAt
    {
        get
        {
            lock (_gate) return _opensAt;
        }
    }

    /// <summary>True when one more send may begin beside <paramref name="inFlight"/> others.</summary>
    public bool MaySend(Instant now, int inFlight)
    {
        lock (_gate)
        {
            if (now < _opensAt) return false;
            return _failures < options.CircuitFailures || inFlight == 0;
        }
    }

    /// <summary>What an attempt told of the endpoint. Any answer but "later" shows that it works.</summary>
    public void Observe(DeliveryStatus status, TimeSpan? retryAfter, Instant now)
    {
        lock (_gate)
        {
            if (status != DeliveryStatus.Retry)
            {
                (_failures, _opensAt) = (0, Instant.None);
                return;
            }

            _failures++;
            var wait = TimeSpan.Zero;
            if (_failures >= options.CircuitFailures)
            {
                var doublings = Math.Min(_failures - options.CircuitFailures, DoublingsMax);
                wait = Shorter(options.CircuitWaitMin * Math.Pow(2, doublings), options.CircuitWaitMax);
            }

            if (retryAfter is { } wish && wish > wait) wait = Shorter(wish, options.CircuitWaitMax);
            _opensAt = Instant.Max(_opensAt, now + wait);
        }
    }

    /// <summary>Sends nothing until it is enabled.</summary>
    public void Disable(EndpointRow row)
    {
        lock (_gate) _disabled = row;
    }

    public void Enable()
    {
        lock (_gate) (_disabled, _failures, _opensAt) = (null, 0, Instant.None);
    }

    public EndpointStatus Status(Instant now)
    {
        lock (_gate)
        {
            if (_disabled is { } row) return new(name, names, "disabled", row.DisabledAt, null, _failures, row.Reason);
            return now < _opensAt || _failures >= options.CircuitFailures
                ? new(name, names, "paused", null, _opensAt, _failures, ReasonOf(_failures))
                : new(name, names, "open", null, null, _failures, null);
        }
    }

    private string ReasonOf(int failures) => failures < options.CircuitFailures
        ? "the receiver asked to wait (Retry-After)"
        : $"{failures} attempts in a row failed";

    private static TimeSpan Shorter(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
