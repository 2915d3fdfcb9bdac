namespace RealtimeInsight.Host;

/// <summary>
/// The host cannot start with these settings or on this machine; the message says what, which value, which rule, what to do.
/// </summary>
public sealed class SetupException(string message, Exception? innerException = null) : Exception(message, innerException);
