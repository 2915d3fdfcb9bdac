using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Text;

/// <summary>
/// Labels the texts of recorded events by the model and the rules that label live ones. Nobody waits for history, so each text gets its
/// labels however long that takes. The model is loaded for the first text there is. One call at a time.
/// </summary>
public sealed class HistoryLabeller : IAsyncDisposable
{
    private static readonly TimeSpan s_enough = TimeSpan.FromDays(1);
    private readonly TextService _texts;
    private readonly TextLabeller _labeller;
    private bool _isStarted;

    /// <param name="settings">Of the host; its <c>Text</c> is changed: a text waits as long as it has to.</param>
    /// <param name="eventsMax">Most events of a batch: as many texts may wait.</param>
    public HistoryLabeller(HostSettings settings, int eventsMax, IMeterFactory meters, ILoggerFactory loggers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Text.LabelTimeout = s_enough;
        settings.Text.QueueLengthMax = Math.Max(settings.Text.QueueLengthMax, eventsMax);
        _texts = new TextService(settings, meters, loggers, time);
        _labeller = new TextLabeller(_texts);
    }

    /// <summary>The same batch, its texts labelled; as it is where nothing labels, and then a warning has said why.</summary>
    public async ValueTask<IngestBatch> LabelAsync(IngestBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (!_labeller.HasTexts(batch)) return batch;
        if (!_isStarted)
        {
            _isStarted = true;
            await _texts.StartAsync(CancellationToken.None).ConfigureAwait(false);
            await _texts.LoadedAsync(CancellationToken.None).ConfigureAwait(false);
        }

        return await _labeller.LabelAsync(batch, CancellationToken.None).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => _texts.DisposeAsync();
}
