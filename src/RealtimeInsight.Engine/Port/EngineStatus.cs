namespace RealtimeInsight.Engine.Port;

/// <summary>Counters since start (cart states: of all carts known) and gauges now.</summary>
public sealed record EngineStatus
{
    public required bool IsReady { get; init; }

    /// <summary>Why not ready, or what is degraded; empty when all is well.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public required string? Model { get; init; }
    public required long EventsAccepted { get; init; }
    public required long EventsDuplicate { get; init; }
    public required long EventsLate { get; init; }
    public required long EventsRejected { get; init; }
    public required long Customers { get; init; }

    /// <summary>Log records that were replayed at the start.</summary>
    public long RecordsReplayed { get; init; }

    /// <summary>Customers whose saved state was damaged and was made anew from the log.</summary>
    public long CustomersRebuilt { get; init; }

    /// <summary>Customers that cannot be read: their events are kept aside.</summary>
    public long CustomersLost { get; init; }

    /// <summary>Customers in memory; the others are read from the store when they are asked for.</summary>
    public long CustomersResident { get; init; }

    /// <summary>About how many bytes they take.</summary>
    public long ResidentBytes { get; init; }
    public required long SessionsStarted { get; init; }
    public required long SessionsOpen { get; init; }
    public required long CartsOpened { get; init; }
    public required long CartsOpen { get; init; }
    public required long CartsAtRisk { get; init; }
    public required long CartsAbandoned { get; init; }
    public required long CartsRecovered { get; init; }
    public required long CartsConverted { get; init; }
    public required long CartsEmptied { get; init; }
    public required long Scores { get; init; }
    public required long ScoresDegraded { get; init; }
    /// <summary>Decisions whose features were computed again from the log.</summary>
    public long FeaturesCompared { get; init; }

    /// <summary>Those of them whose features differ: 0 while live and replay are the same code over the same events.</summary>
    public long FeatureMismatches { get; init; }
    public required long DecisionsMade { get; init; }
    public required long DecisionsSuppressed { get; init; }

    /// <summary>Actions decided (not suppressed): each has an outbox entry.</summary>
    public required long Actions { get; init; }

    public required long ActionsDelivered { get; init; }

    /// <summary>Actions that wait for delivery.</summary>
    public long ActionsPending { get; init; }

    /// <summary>Actions that were given up and not redriven.</summary>
    public long DeadLetters { get; init; }

    /// <summary>Endpoints that are paused or disabled, by name with the state.</summary>
    public IReadOnlyList<EndpointStatus> EndpointsClosed { get; init; } = [];
    public required long DeadlinesArmed { get; init; }

    /// <summary>Of an engine that does not run: not ready, and nothing counted.</summary>
    public static EngineStatus Empty { get; } = new()
    {
        IsReady = false,
        Problems = [],
        Model = null,
        EventsAccepted = 0,
        EventsDuplicate = 0,
        EventsLate = 0,
        EventsRejected = 0,
        Customers = 0,
        SessionsStarted = 0,
        SessionsOpen = 0,
        CartsOpened = 0,
        CartsOpen = 0,
        CartsAtRisk = 0,
        CartsAbandoned = 0,
        CartsRecovered = 0,
        CartsConverted = 0,
        CartsEmptied = 0,
        Scores = 0,
        ScoresDegraded = 0,
        DecisionsMade = 0,
        DecisionsSuppressed = 0,
        Actions = 0,
        ActionsDelivered = 0,
        DeadlinesArmed = 0,
    };
}
