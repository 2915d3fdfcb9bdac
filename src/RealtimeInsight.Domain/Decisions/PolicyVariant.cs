using System.Text.Json.Nodes;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>One of several treatments that a rule chooses among.</summary>
/// <param name="Id">Unique in its rule; names the variant in records, metrics and what was learned of it.</param>
/// <param name="Action">Type of the treatment; the rule's where the variant names none.</param>
/// <param name="Parameters">The rule's, with the variant's own in their place.</param>
public sealed record PolicyVariant(string Id, string Action, JsonObject Parameters);
