using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What a grain stores of its customer: one write holds the state, the marks, the outbox and the decisions' records.</summary>
[GenerateSerializer, Alias("ri.customer-grain-state")]
internal sealed class CustomerGrainState
{
    /// <summary>The bytes of <c>CustomerStateCodec</c>, which carry their own version; empty for an erased customer.</summary>
    [Id(0)]
    public byte[] Customer { get; set; } = [];

    /// <summary>Newest offset applied, by partition: a replay up to there has no effect.</summary>
    [Id(1)]
    public Dictionary<string, long> Marks { get; set; } = [];

    [Id(2)]
    public List<StoredAction> Pending { get; set; } = [];

    /// <summary>Oldest first.</summary>
    [Id(3)]
    public List<StoredDecision> Decisions { get; set; } = [];

    /// <summary>When the deadline index will call the customer; 0 when it has no entry.</summary>
    [Id(4)]
    public long EntryAtMs { get; set; }

    /// <summary>
    /// Every event of the customer as it arrived, <c>EventCodec</c>'s bytes one after the other, each with the id that it was sent under;
    /// null where the history has become too long to be kept.
    /// </summary>
    [Id(5)]
    public byte[]? History { get; set; }

    /// <summary>Of an id that was merged into another customer; null for a customer of its own.</summary>
    [Id(6)]
    public StoredForward? Forward { get; set; }

    /// <summary>Ids that were merged into this customer, directly or not.</summary>
    [Id(7)]
    public List<StoredMember> Members { get; set; } = [];

    /// <summary>What an id that was parted has not taken back yet.</summary>
    [Id(8)]
    public StoredPart? Parted { get; set; }

    /// <summary>True for an id that was parted on request: no event merges it again.</summary>
    [Id(9)]
    public bool StaysApart { get; set; }

    /// <summary>When the customer was erased last: what was handed over before is not taken any more. 0: never.</summary>
    [Id(10)]
    public long ErasedAtMs { get; set; }

    /// <summary>Outcomes of decisions and merges, oldest first.</summary>
    [Id(11)]
    public List<StoredNote> Notes { get; set; } = [];

    /// <summary>Actions that were given up, oldest first.</summary>
    [Id(12)]
    public List<StoredDeadLetter> Dead { get; set; } = [];

    /// <summary>Decisions of which the list of dead letters does not know yet how they stand.</summary>
    [Id(13)]
    public List<string> Unfiled { get; set; } = [];
}

/// <summary>An action that waits for its delivery; the decision id is the idempotency key of every attempt.</summary>
[GenerateSerializer, Alias("ri.stored-action")]
internal sealed record StoredAction
{
    [Id(0)]
    public required string DecisionId { get; init; }

    /// <summary>As the policy names it.</summary>
    [Id(1)]
    public required string Channel { get; init; }

    [Id(2)]
    public required long CreatedAtMs { get; init; }

    /// <summary>The document to send: the same bytes on every attempt.</summary>
    [Id(3)]
    public required byte[] Body { get; init; }

    /// <summary>Attempts made.</summary>
    [Id(4)]
    public int Attempts { get; init; }

    [Id(5)]
    public long DueAtMs { get; init; }

    /// <summary>The id that it was decided under, when that was another than the customer's.</summary>
    [Id(6)]
    public string? DecidedAs { get; init; }

    /// <summary>W3C trace context of the event that brought it; null without one.</summary>
    [Id(7)]
    public string? TraceParent { get; init; }

    /// <summary>The last attempts, oldest first.</summary>
    [Id(8)]
    public List<AttemptReply> Tried { get; init; } = [];

    /// <summary>Attempts that were made before it was redriven last: the schedule begins there.</summary>
    [Id(9)]
    public int RoundStart { get; init; }
}

/// <summary>An action that was given up.</summary>
[GenerateSerializer, Immutable, Alias("ri.stored-dead-letter")]
internal sealed record StoredDeadLetter([property: Id(0)] StoredAction Action, [property: Id(1)] long DiedAtMs);

/// <summary>A decision's record and what became of its action.</summary>
[GenerateSerializer, Alias("ri.stored-decision")]
internal sealed record StoredDecision
{
    [Id(0)]
    public required string DecisionId { get; init; }

    /// <summary>JSON.</summary>
    [Id(1)]
    public required string Record { get; init; }

    [Id(2)]
    public required DeliveryState Delivery { get; init; }

    [Id(3)]
    public int Attempts { get; init; }

    /// <summary>How much of the kept history it was made on; 0 where that is not known, as after a merge.</summary>
    [Id(4)]
    public int HistoryLength { get; init; }

    /// <summary>The last attempts to deliver, oldest first.</summary>
    [Id(5)]
    public List<AttemptReply> Tried { get; init; } = [];
}

/// <summary>What happened to a customer beside events and decisions.</summary>
[GenerateSerializer, Immutable, Alias("ri.stored-note")]
internal sealed record StoredNote
{
    [Id(0)]
    public required long AtMs { get; init; }

    /// <summary>As timelines name it: outcome, merge.</summary>
    [Id(1)]
    public required string Type { get; init; }

    [Id(2)]
    public required string Name { get; init; }

    /// <summary>JSON.</summary>
    [Id(3)]
    public required string Detail { get; init; }

    /// <summary>The merged id that it happened to; null for the customer's own.</summary>
    [Id(4)]
    public string? Of { get; init; }
}

/// <summary>Where an action stands. Numbers are stored.</summary>
[GenerateSerializer, Alias("ri.delivery-state")]
internal enum DeliveryState : byte
{
    /// <summary>The decision has no action.</summary>
    None = 0,
    Pending = 1,
    Delivered = 2,
    Dead = 3,

    /// <summary>Not sent: the campaign's budget had nothing left.</summary>
    OverBudget = 4,
}
