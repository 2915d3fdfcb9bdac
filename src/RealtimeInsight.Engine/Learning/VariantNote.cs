using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Engine.Learning;

/// <summary>Something that happened to a variant.</summary>
/// <param name="Outcome">Null: it was given; else what became of the decision.</param>
/// <param name="At">When that was.</param>
internal readonly record struct VariantNote(GivenVariant Given, OutcomeKind? Outcome, Instant At);
