using System.Text;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// A receiver of actions that outlives the process which sends them: each one is written through to the operating system before it counts
/// as received. One line an action: customer and decision.
/// </summary>
internal sealed class FileReceiver(string path) : IActionChannel, IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public string Name => "receiver";

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        var line = Encoding.UTF8.GetBytes($"{message.CustomerId} {message.DecisionId}\n");
        lock (_gate) _file.Write(line);
        return ValueTask.FromResult(DeliveryResult.Delivered);
    }

    public void Dispose() => _file.Dispose();
}
