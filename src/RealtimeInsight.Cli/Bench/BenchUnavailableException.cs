namespace RealtimeInsight.Cli.Bench;

/// <summary>A scenario needs something that this machine does not have.</summary>
/// <param name="message">What is missing and how to get it.</param>
internal sealed class BenchUnavailableException(string message, Exception? innerException = null) : Exception(message, innerException);
