namespace RealtimeInsight.Engine.Watching;

/// <summary>A served score whose outcome is not known yet.</summary>
public record struct PendingScore
{
    /// <summary>Stable hash of the customer's id.</summary>
    public ulong Customer { get; set; }

    /// <summary>The moment scored, and the last one that counts for its outcome, in milliseconds.</summary>
    public long At { get; set; }
    public long Due { get; set; }

    /// <summary>Hash of the order that the scored event names; 0 for none.</summary>
    public ulong OwnOrder { get; set; }

    /// <summary>Decides whether the moment is followed.</summary>
    public ulong Draw { get; set; }

    public uint Stamp { get; set; }
    public uint ShadowStamp { get; set; }
    public float Score { get; set; }
    public float ShadowScore { get; set; }

    /// <summary>Whether an order or a session came in time; it counts when the horizon has passed, like those that nothing came
    /// for.</summary>
    public bool HasCome { get; set; }

    internal bool IsOpen { get; set; }

    /// <summary>Number of the customer's entry before; those that have left are below the first.</summary>
    internal long Before { get; set; }
}
