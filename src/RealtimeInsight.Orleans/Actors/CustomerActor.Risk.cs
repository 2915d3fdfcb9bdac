using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Orleans.Risks;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>How the customer stands in the list of those at risk.</summary>
internal sealed partial class CustomerActor
{
    /// <summary>The list may have this customer; after an activation nobody knows.</summary>
    private bool _mayBeListed;

    /// <summary>What the list has to be told; null when it has nothing of this customer, and should not.</summary>
    public RiskNote? Standing()
    {
        var now = _core.Now;
        var isLive = State.ScoredAt.HasValue && (State.Session.IsOpen || State.IsCartOpen);
        if (!isLive && !_mayBeListed) return null;
        _mayBeListed = isLive;
        if (!isLive) return new RiskNote { CustomerId = _id.Value, AtMs = now.UnixMs, IsLive = false };
        var seen = AtRiskView.Of(State, now);
        return new RiskNote
        {
            CustomerId = _id.Value,
            AtMs = now.UnixMs,
            IsLive = true,
            UntilMs = NextDeadline == Instant.Never ? long.MaxValue : NextDeadline.UnixMs,
            CartState = seen.CartState,
            CartValue = seen.CartValue,
            Currency = seen.Currency,
            Churn = seen.Churn,
            Abandonment = seen.Abandonment,
            Purchase = seen.Purchase,
            LastSeenMs = seen.LastSeen.UnixMs,
            Segments = [.. seen.Segments],
        };
    }
}
