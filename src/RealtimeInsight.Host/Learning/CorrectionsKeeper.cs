using Microsoft.Extensions.Logging;
using RealtimeInsight.Inference.Learning;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Learning;

/// <summary>
/// Corrections of scores with their file in the data folder: read at the start, replaced as a whole after each change (once a day and head
/// at most), after a reset and at the end. A crash loses the outcomes counted since; a file that cannot be read is set aside, and learning
/// begins anew.
/// </summary>
public sealed partial class CorrectionsKeeper : IAsyncDisposable
{
    public const string FileName = "corrections.bin";

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly ILogger<CorrectionsKeeper> _logger;
    private readonly Lock _gate = new();
    private Task _saving = Task.CompletedTask;

    /// <param name="folder">The data folder.</param>
    public CorrectionsKeeper(string folder, TimeProvider time, ILogger<CorrectionsKeeper> logger)
    {
        (_path, _time, _logger) = (Path.Combine(folder, FileName), time, logger);
        Load();
        Corrections.Changed += (_, _) => SaveLater();
    }

    public ScoreCorrections Corrections { get; } = new();

    /// <summary>Back to the probabilities that the models were trained to give; returns when that would outlive a restart.</summary>
    public async Task ResetAsync(CancellationToken cancellationToken)
    {
        Corrections.Reset(Domain.Time.Instant.From(_time.GetUtcNow()));
        await SaveLater().WaitAsync(cancellationToken).ConfigureAwait(false);
        LogReset(_logger);
    }

    public async ValueTask DisposeAsync() => await SaveLater().ConfigureAwait(false);

    /// <summary>Away from the caller, which may be a shard in its turn; one after the other.</summary>
    private Task SaveLater()
    {
        lock (_gate) return _saving = _saving.ContinueWith(_ => Save(), TaskScheduler.Default);
    }

    private void Load()
    {
        try
        {
            if (File.Exists(_path)) Corrections.Load(File.ReadAllBytes(_path));
        }
        catch (Exception fault) when (fault is FormatException or IOException or UnauthorizedAccessException)
        {
            LogUnreadable(_logger, _path, fault.Message);
            if (fault is FormatException) File.Move(_path, _path + ".unreadable", overwrite: true);
        }
    }

    private void Save()
    {
        try
        {
            WholeFile.Replace(_path, Corrections.ToBytes());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            LogNotSaved(_logger, _path, fault.Message);
        }
    }

    [LoggerMessage(5091, LogLevel.Warning, "{Path} does not hold corrections of scores ({Problem}); they begin anew")]
    private static partial void LogUnreadable(ILogger logger, string path, string problem);

    [LoggerMessage(5092, LogLevel.Warning, "{Path} cannot be written ({Problem}); a restart goes back to the corrections it holds")]
    private static partial void LogNotSaved(ILogger logger, string path, string problem);

    [LoggerMessage(5093, LogLevel.Information, "Corrections of scores are reset")]
    private static partial void LogReset(ILogger logger);
}
