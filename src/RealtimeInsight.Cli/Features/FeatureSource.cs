using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Features;

/// <summary>One stream of events to learn from.</summary>
/// <param name="Name">As the model's manifest and the tables call it.</param>
/// <param name="Licence">Under which terms a model trained on it may be passed on.</param>
/// <param name="Known">What the source can tell about outcomes.</param>
/// <param name="Events">In event-time order.</param>
/// <param name="Progress">How far into the source an event lies, 0 to 1; null where nobody knows.</param>
public sealed record FeatureSource(
    string Name,
    string Licence,
    Outcomes Known,
    IEnumerable<CustomerEvent> Events,
    Func<CustomerEvent, double>? Progress = null);
