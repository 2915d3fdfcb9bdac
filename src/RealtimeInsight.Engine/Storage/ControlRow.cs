using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Storage;

/// <summary>A change to what is kept: asked for by an operator, made by an endpoint that is gone, or due by age.</summary>
public abstract record ControlRow;

/// <summary>
/// A dead letter is pending again from <paramref name="At"/> on, with the whole schedule before it. Other entries are left alone.
/// </summary>
public sealed record RedriveRow(string DecisionId, Instant At) : ControlRow;

/// <summary>An endpoint is disabled, or enabled again where <paramref name="DisabledAt"/> is <see cref="Instant.None"/>.</summary>
/// <param name="Reason">Why it is disabled; holds no customer data and no secret.</param>
public sealed record EndpointRow(string Name, Instant DisabledAt, string Reason) : ControlRow;

/// <summary>A reject was replayed, with this outcome; a later replay's outcome takes its place.</summary>
public sealed record ReplayRow(long RejectId, Instant At, string Outcome) : ControlRow;

/// <summary>The log begins at this offset from now on, the first of a row; rows below it go.</summary>
public sealed record TrimLogRow(long Start) : ControlRow;

/// <summary>A decision's record goes, unless its action is still to be sent.</summary>
public sealed record DropDecisionRow(string DecisionId) : ControlRow;

/// <summary>
/// A settled action goes with its attempts, if it is still in this state; its decision says from now on by itself how it was settled.
/// </summary>
public sealed record DropActionRow(SettledAction Action) : ControlRow;
