using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Host.Text;

/// <summary>
/// The text model that the settings name, loaded beside the engine: one that is refused leaves the engine as it is, and texts are then
/// answered with the reason. Thread-safe.
/// </summary>
internal sealed partial class TextService(
    HostSettings settings, IMeterFactory meters, ILoggerFactory loggers, TimeProvider time) : IHostedService, IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<TextService>();
    private volatile TextPool? _pool;
    private volatile string _problem = settings.Text.Model.Length == 0
        ? "no text model is configured; set Text:Model to the name of one"
        : $"text model {settings.Text.Model} is being loaded; send the request again later";
    private Task _loading = Task.CompletedTask;

    public TextOptions Options => settings.Text;

    /// <summary>Null while there is none; <see cref="Problem"/> says why.</summary>
    public TextPool? Pool => _pool;

    public string Problem => _problem;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (Options.Model.Length > 0) _loading = Task.Run(Load, CancellationToken.None);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _loading.ConfigureAwait(false);
        _problem = "the program is stopping";
        if (Interlocked.Exchange(ref _pool, null) is { } pool) await pool.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Returns when the model has been loaded or refused.</summary>
    internal Task LoadedAsync(CancellationToken cancellationToken) => _loading.WaitAsync(cancellationToken);

    private void Load()
    {
        try
        {
            var repository = ModelSetup.Repository(settings.Inference, settings.Host.DataDir);
            var version = Options.ModelVersion ?? (repository.Versions(Options.Model) is [var highest, ..] ? highest : null);
            if (version is null || repository.FolderOf(Options.Model, version) is not { } folder)
            {
                throw new ModelRefusedException(ModelRefusal.Missing,
                    $"Text model {Options.Model} has no version {version ?? "at all"} under {settings.Inference.ModelsDirectory}; it needs "
                    + "a folder named by a whole number. Copy one there, or set Text:Model to the name of another.");
            }

            var runner = TextRunners.Load(TextModelPackage.Read(folder), new OnnxTextRunnerFactory());
            _pool = new TextPool(runner, Options, new TextInstruments(meters), time, loggers.CreateLogger<TextPool>());
        }
        catch (ModelRefusedException refused)
        {
            _problem = refused.Message;
            LogRefused(_logger, Options.Model, refused.Message);
        }
    }

    [LoggerMessage(5090, LogLevel.Warning, "Text model {Model} is refused: {Problem}")]
    private static partial void LogRefused(ILogger logger, string model, string problem);
}
