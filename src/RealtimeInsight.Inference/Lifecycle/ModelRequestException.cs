namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>
/// What was asked of the registry cannot be done as things are, and nothing has changed. The message says what, which value, which rule and
/// what to do.
/// </summary>
public sealed class ModelRequestException(string message, Exception? innerException = null) : Exception(message, innerException);
