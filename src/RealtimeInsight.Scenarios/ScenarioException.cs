namespace RealtimeInsight.Scenarios;

/// <summary>A scenario is not as expected, or asks for what cannot be; the message tells what happened, with times and reasons.</summary>
public sealed class ScenarioException(string message) : Exception(message);
