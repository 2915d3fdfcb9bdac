using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Appends each action as one line of JSON to a file and tells the log that there was one, without saying for whom. After a crash an
/// action may stand in the file twice, with the same id: readers drop the second. Thread-safe.
/// </summary>
internal sealed partial class LogChannel : IActionChannel, IDisposable
{
    public const string ChannelName = "log";
    public const string FileName = "actions.jsonl";

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly string _path;
    private readonly ILogger<LogChannel> _logger;
    private FileStream? _file;

    /// <param name="folder">Exists and can be written to.</param>
    public LogChannel(string folder, ILogger<LogChannel> logger)
    {
        _path = Path.Combine(folder, FileName);
        _logger = logger;
    }

    public string Name => ChannelName;

    public IReadOnlyList<string> Aliases { get; init; } = [];

    public async ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _file ??= new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
            var line = new byte[message.Body.Length + 1];
            message.Body.CopyTo(line);
            line[^1] = (byte)'\n';
            // Not cancelled once begun: half a line would spoil the next one.
            await _file.WriteAsync(line, CancellationToken.None).ConfigureAwait(false);
            await _file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException fault)
        {
            _file?.Dispose();
            _file = null;
            return new DeliveryResult(DeliveryStatus.Retry, Detail: $"the actions file cannot be written: {fault.HResult:x8}");
        }
        finally
        {
            _writing.Release();
        }

        LogAction(_logger, message.DecisionId, message.Type, message.Attempt);
        return DeliveryResult.Delivered;
    }

    public void Dispose()
    {
        _file?.Dispose();
        _writing.Dispose();
    }

    [LoggerMessage(5001, LogLevel.Information, "Action {DecisionId} of type {Type} written to the actions file (attempt {Attempt})")]
    private static partial void LogAction(ILogger logger, string decisionId, string type, int attempt);
}
