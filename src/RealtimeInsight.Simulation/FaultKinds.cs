namespace RealtimeInsight.Simulation;

/// <summary>What may go wrong in a simulation. Names in lower case are those of the command line.</summary>
[Flags]
public enum FaultKinds
{
    None = 0,

    /// <summary>The process dies between two steps.</summary>
    Crash = 1,

    /// <summary>The process dies while it commits: before or after the transaction is on the disk.</summary>
    CommitCrash = 1 << 1,

    /// <summary>The process is stopped in order and started again.</summary>
    Restart = 1 << 2,

    /// <summary>A few commits fail and leave nothing on the disk.</summary>
    CommitFailure = 1 << 3,

    /// <summary>A commit is on the disk, and its caller is told that something went wrong.</summary>
    CommitUnknown = 1 << 4,

    /// <summary>No commit works for a while.</summary>
    DiskFull = 1 << 5,

    /// <summary>A shard, the committing thread or an outbox gets no processor for a while.</summary>
    Pause = 1 << 6,

    /// <summary>Receivers answer with errors, late, or not at all, whether or not they took the action.</summary>
    Webhook = 1 << 7,

    /// <summary>Runs of the model throw or give values that are not finite.</summary>
    Model = 1 << 8,

    /// <summary>Another version of the model takes over.</summary>
    ModelSwap = 1 << 9,

    /// <summary>The wall clock is set forward or back.</summary>
    ClockJump = 1 << 10,

    /// <summary>Senders do not get the answer and send again.</summary>
    LostAnswer = 1 << 11,

    All = (1 << 12) - 1,
}
