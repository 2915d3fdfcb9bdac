using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// What a replay did. In a data folder that held customers before, <see cref="Customers"/> and the carts by state count these too;
/// everything else is of this replay.
/// </summary>
public sealed record ReplaySummary
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    public required string Format { get; init; }

    /// <summary>False when it was stopped before the end.</summary>
    public required bool Complete { get; init; }

    public required long Read { get; init; }
    public required long Accepted { get; init; }

    /// <summary>Malformed lines and late events, so that accepted + rejected + duplicates = read.</summary>
    public required long Rejected { get; init; }

    public required long Duplicates { get; init; }
    public required long Late { get; init; }
    public required IReadOnlyDictionary<string, long> RejectedByReason { get; init; }
    public required long Customers { get; init; }
    public required long Sessions { get; init; }
    public required long CartsOpened { get; init; }

    /// <summary>Carts still open, at risk or recovered: 0 after a complete replay.</summary>
    public required long CartsOpen { get; init; }

    /// <summary>Carts that ended abandoned.</summary>
    public required long CartsAbandoned { get; init; }

    /// <summary>Carts that ended with an order.</summary>
    public required long CartsConverted { get; init; }

    /// <summary>Carts from which the customer removed everything.</summary>
    public required long CartsEmptied { get; init; }

    public required long Scores { get; init; }

    /// <summary>Events whose score could not be made in time, or without a model; the customer keeps the one before.</summary>
    public required long ScoresDegraded { get; init; }

    public required long Decisions { get; init; }
    public required long Suppressed { get; init; }
    public required IReadOnlyDictionary<string, long> SuppressedByReason { get; init; }
    public required long Actions { get; init; }
    public required IReadOnlyDictionary<string, long> ActionsByRule { get; init; }
    public required long ActionsDelivered { get; init; }

    /// <summary>Name and version of the model that scored; null when none could be loaded.</summary>
    public required string? Model { get; init; }

    /// <summary>Event time of the first and the last line sent; null without a valid line.</summary>
    public required string? FirstEventAt { get; init; }

    public required string? LastEventAt { get; init; }

    /// <summary>Reading and sorting the files, before the first event is sent.</summary>
    public required double SecondsReading { get; init; }

    /// <summary>From the first event sent until the last deadline has fired and is committed.</summary>
    public required double Seconds { get; init; }

    /// <summary>Lines read over <see cref="Seconds"/>.</summary>
    public required double EventsPerSecond { get; init; }

    public static ReplaySummary Of(
        IEventFormat format, ReplayInput input, ReplayRunner runner, IReplayEngine engine, TimeSpan reading, TimeSpan running)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(runner);
        ArgumentNullException.ThrowIfNull(engine);
        var status = engine.Engine.GetStatus();
        var counts = runner.Counts;
        var sent = input.Items.Take((int)counts.Read).Where(item => item.Event is not null).Select(item => item.Event!);
        return new ReplaySummary
        {
            Format = format.Name,
            Complete = runner.IsComplete,
            Read = counts.Read,
            Accepted = counts.Accepted,
            Rejected = counts.Rejected,
            Duplicates = counts.Duplicates,
            Late = counts.Late,
            RejectedByReason = counts.RejectedByReason,
            Customers = status.Customers,
            Sessions = status.SessionsStarted,
            CartsOpened = status.CartsOpened,
            CartsOpen = status.CartsOpen + status.CartsAtRisk + status.CartsRecovered,
            CartsAbandoned = status.CartsAbandoned,
            CartsConverted = status.CartsConverted,
            CartsEmptied = status.CartsEmptied,
            Scores = status.Scores,
            ScoresDegraded = status.ScoresDegraded,
            Decisions = status.DecisionsMade,
            Suppressed = status.DecisionsSuppressed,
            SuppressedByReason = engine.SuppressedByReason,
            Actions = status.Actions,
            ActionsByRule = engine.ActionsByRule,
            ActionsDelivered = status.ActionsDelivered,
            Model = status.Model,
            FirstEventAt = sent.FirstOrDefault()?.OccurredAt.ToString(),
            LastEventAt = sent.LastOrDefault()?.OccurredAt.ToString(),
            SecondsReading = Math.Round(reading.TotalSeconds, 3),
            Seconds = Math.Round(running.TotalSeconds, 3),
            EventsPerSecond = running > TimeSpan.Zero ? Math.Round(counts.Read / running.TotalSeconds, 1) : 0,
        };
    }

    /// <summary>One line of JSON with keys in snake case.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Wire);
}
