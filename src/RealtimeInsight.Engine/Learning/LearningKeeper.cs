using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Watching;

namespace RealtimeInsight.Engine.Learning;

/// <summary>
/// Saves what is learned, now and then, after a change that was asked for, and at the end. Where it cannot be read, learning begins anew.
/// </summary>
internal sealed class LearningKeeper(EngineLearning learning, IWatchStore store, TimeSpan interval, TimeProvider time, ILogger logger)
{
    private readonly Lock _gate = new();
    private ITimer? _timer;

    /// <summary>Puts back what was kept, before the first turn.</summary>
    public void Restore()
    {
        try
        {
            if (store.Read() is { } bytes) learning.GoOn(bytes);
        }
        catch (Exception problem) when (problem is IOException or FormatException or UnauthorizedAccessException)
        {
            EngineLog.LearnedUnreadable(logger, problem.Message);
        }
    }

    public void Start() => _timer = time.CreateTimer(static keeper => ((LearningKeeper)keeper!).TrySave(), this, interval, interval);

    /// <summary>Ends; with a last save unless the engine is cut off.</summary>
    public async ValueTask StopAsync(bool giveUp)
    {
        if (_timer is null) return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        if (!giveUp) TrySave();
    }

    /// <summary>Saves now; returns when it would outlive a restart.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save()
    {
        lock (_gate) store.Write(learning.ToBytes());
    }

    private void TrySave()
    {
        try
        {
            Save();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            EngineLog.LearnedNotSaved(logger, problem.Message);
        }
    }
}
