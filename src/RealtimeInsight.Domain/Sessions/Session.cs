using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Sessions;

/// <summary>The current or last session; sessions are numbered from 1 for each customer and end by inactivity.</summary>
public struct Session
{
    public int Number { get; internal set; }
    public bool IsOpen { get; internal set; }
    public Instant StartedAt { get; internal set; }
    public int Events { get; internal set; }
    public int ProductsViewed { get; internal set; }
    public int CartAdds { get; internal set; }
}
