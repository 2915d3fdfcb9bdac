using RealtimeInsight.Engine.Commit;

namespace RealtimeInsight.Engine.Work;

/// <summary>
/// Work done in steps by one caller at a time: by a thread or task of its own when live, in an order drawn from a seed in simulation.
/// </summary>
internal interface IStepped
{
    string Name { get; }

    /// <summary>Set when there may be something to do again.</summary>
    WakeSignal Signal { get; }

    /// <summary>One go at whatever there is to do. Never blocks on anything that another work of the engine has to do first.</summary>
    StepOutcome Step();
}

/// <summary>What is to follow a step.</summary>
internal enum StepOutcome : byte
{
    /// <summary>The next step, at once.</summary>
    Again = 0,

    /// <summary>The next step once the signal is set.</summary>
    Wait = 1,

    /// <summary>Nothing: the work is over.</summary>
    End = 2,
}
