namespace RealtimeInsight.Engine.Port;

/// <summary>The engine cannot acknowledge work now; the message says why. Senders should retry.</summary>
public sealed class EngineUnavailableException(string message, Exception? innerException = null)
    : Exception(message, innerException);
