using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Simulation.Plan;

/// <summary>One sending of an event; an event that is sent twice on purpose has two.</summary>
/// <param name="At">Since the start.</param>
/// <param name="Name">The event's name: <c>c3e7</c> is the eighth event of customer 3.</param>
internal sealed record PlannedSend(TimeSpan At, string Name, int Customer, CustomerEvent Event);
