using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Makes the configured channels and the log. <c>default</c> leads to the webhook where one is configured, else to the log, unless a
/// channel has that name. Disposes what it made.
/// </summary>
internal sealed class ChannelSetup : IDisposable
{
    private const int NameLengthMax = 64;
    private readonly List<IActionChannel> _channels = [];

    public ChannelSetup(HostSettings settings, DataFolder data, TimeProvider time, ILoggerFactory loggers)
    {
        var configured = settings.Channels.Where(static channel => channel.Value.IsConfigured).ToList();
        var names = configured.Select(static channel => channel.Key).Append(LogChannel.ChannelName).ToList();
        var byDefault = names.Contains(Policy.DefaultChannel) ? null
            : names.Contains(WebhookChannel.ChannelName) ? WebhookChannel.ChannelName : LogChannel.ChannelName;
        string[] AliasesOf(string name) => name == byDefault ? [Policy.DefaultChannel] : [];
        foreach (var (name, options) in configured)
        {
            _channels.Add(options.Kind switch
            {
                ChannelKind.Webhook => new WebhookChannel(name, AliasesOf(name), options, time),
                ChannelKind.CloudEvents => new CloudEventsChannel(name, AliasesOf(name), options, time),
                _ => new FileChannel(name, AliasesOf(name), options, data.Path),
            });
        }

        var log = new LogChannel(data.Path, loggers.CreateLogger<LogChannel>()) { Aliases = AliasesOf(LogChannel.ChannelName) };
        _channels.Add(log);
    }

    public IReadOnlyList<IActionChannel> Channels => _channels;

    /// <summary>What is wrong with one section under <c>Channels</c>.</summary>
    public static IReadOnlyList<string> Validate(string name, ChannelOptions options)
    {
        var section = $"{HostSettings.ChannelsSection}:{name}";
        if (name == LogChannel.ChannelName) return [$"{section} is built in and cannot be configured; choose another name"];
        if (name.Length > NameLengthMax || name.Any(static one => one is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '-' or '_')))
        {
            return [$"{section} is no name of a channel; use 1 to {NameLengthMax} of a-z, 0-9, - and _"];
        }

        return ChannelOptions.Validate(options, section);
    }

    public void Dispose()
    {
        foreach (var channel in _channels.OfType<IDisposable>()) channel.Dispose();
    }
}
