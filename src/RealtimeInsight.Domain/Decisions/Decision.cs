using System.Buffers;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>
/// The result of one turn for one rule: treat, suppress or put off, with everything that went in. Its id is derived from customer,
/// policy, rule and episode, so that a repeated turn makes the same decision and not a second one. A deferred decision comes
/// again under the same id when it is settled and replaces the earlier record.
/// </summary>
public sealed record Decision
{
    public required string Id { get; init; }
    public required CustomerId Customer { get; init; }
    public required LedgerEntry Entry { get; init; }

    /// <summary>Everything that went in and came out, as committed: UTF-8 JSON; see infra/docs/policies.md for its members.</summary>
    public required ReadOnlyMemory<byte> Record { get; init; }

    public string Rule => Entry.Rule;

    public string Action => Entry.Action;

    public string Channel => Entry.Channel ?? Policy.DefaultChannel;

    public DecisionStatus Status => Entry.Status;

    public SuppressionReason Reason => Entry.Reason;

    public Instant DecidedAt => Entry.DecidedAt;

    /// <summary>True when the treatment is to be given: the decision needs an outbox entry.</summary>
    public bool IsAction => Entry.Status == DecisionStatus.Decided;

    /// <summary>The members of <see cref="Record"/>, parsed anew at each call.</summary>
    public JsonObject ReadRecord() => JsonNode.Parse(Record.Span)!.AsObject();
}

/// <summary>What became of an earlier decision.</summary>
/// <param name="Value">Order value that came with it; 0 without one.</param>
public sealed record DecisionOutcome(string DecisionId, CustomerId Customer, OutcomeKind Outcome, Instant At, decimal Value)
{
    /// <summary>The variant that the decision gave; null for none.</summary>
    public GivenVariant? Given { get; init; }
}

/// <summary>Collects the decisions and outcomes of turns; reused by its owner. Not thread-safe.</summary>
public sealed class DecisionOutput
{
    public List<Decision> Decisions { get; } = [];

    public List<DecisionOutcome> Outcomes { get; } = [];

    /// <summary>Scratch space for the records.</summary>
    internal ArrayBufferWriter<byte> Buffer { get; } = new();

    public void Clear()
    {
        Decisions.Clear();
        Outcomes.Clear();
    }
}
