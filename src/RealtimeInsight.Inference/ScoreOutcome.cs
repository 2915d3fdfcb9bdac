namespace RealtimeInsight.Inference;

/// <summary>How a scoring request was settled; every request is settled exactly once.</summary>
public enum ScoreOutcome : byte
{
    /// <summary>The model ran; outputs are valid.</summary>
    Scored = 0,

    /// <summary>Not run: a queue limit was reached (load shedding), or the pool is closed.</summary>
    Rejected = 1,

    /// <summary>Not run in time: the request's deadline passed in the queue.</summary>
    TimedOut = 2,

    /// <summary>The caller gave up before it ran.</summary>
    Cancelled = 3,

    /// <summary>The model ran and failed or gave values that are not finite, or the row's inputs are outside the contract.</summary>
    Failed = 4,

    /// <summary>No usable model is loaded.</summary>
    NoModel = 5,

    /// <summary>Not run: the text is in none of the languages that the text model knows. No outcome of customers' scores.</summary>
    OtherLanguage = 6,
}
