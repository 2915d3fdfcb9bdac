namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// Keeps one thing between two runs: what the engine knows of its models' scores, or what it has learned. One caller at a time.
/// </summary>
public interface IWatchStore
{
    /// <summary>What was written last; null when nothing was.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    byte[]? Read();

    /// <summary>Replaces it as a whole: a crash leaves the old one or the new one.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(byte[] snapshot);
}
