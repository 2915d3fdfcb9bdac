namespace RealtimeInsight.Engine.Watching;

/// <summary>A served score whose outcome is not known yet.</summary>
internal struct PendingScore
{
    /// <summary>Stable hash of the customer's id.</summary>
    public ulong Customer;

    /// <summary>The moment scored, and the last one that counts for its outcome, in milliseconds.</summary>
    public long At;
    public long Due;

    /// <summary>Hash of the order that the scored event names; 0 for none.</summary>
    public ulong OwnOrder;

    /// <summary>Decides whether the moment is followed.</summary>
    public ulong Draw;

    public uint Stamp;
    public uint ShadowStamp;
    public float Score;
    public float ShadowScore;

    /// <summary>Number of the customer's entry before; those that have left are below the first.</summary>
    public long Before;
    public bool IsOpen;
}
