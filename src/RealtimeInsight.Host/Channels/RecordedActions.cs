using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Every channel that a policy names, all of them writing to the actions file of one folder: nothing leaves the machine.
/// </summary>
public sealed class RecordedActions : IDisposable
{
    private readonly LogChannel _file;

    /// <param name="folder">Exists and can be written to.</param>
    public RecordedActions(string folder, Policy policy, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _file = new LogChannel(folder, loggers.CreateLogger<LogChannel>())
        {
            Aliases = [.. policy.Rules.Select(static rule => rule.Channel).Distinct().Where(static name => name != LogChannel.ChannelName)],
        };
        Channels = [_file];
    }

    public IReadOnlyList<IActionChannel> Channels { get; }

    public void Dispose() => _file.Dispose();
}
