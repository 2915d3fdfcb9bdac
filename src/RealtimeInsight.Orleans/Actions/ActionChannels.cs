using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Orleans.Actions;

/// <summary>The channels of a silo by name; a policy that names another stops the start.</summary>
internal sealed class ActionChannels
{
    private static readonly string[] s_defaultOrder = ["webhook", "log"];
    private readonly Dictionary<string, IActionChannel> _channels;

    public ActionChannels(IEnumerable<IActionChannel> channels, Policy policy)
    {
        _channels = channels.ToDictionary(static channel => channel.Name, StringComparer.Ordinal);
        foreach (var rule in policy.Rules)
        {
            if (Resolve(rule.Channel) is not null) continue;
            throw new InvalidOperationException(
                $"rule '{rule.Id}' sends to channel '{rule.Channel}', known are: {string.Join(", ", _channels.Keys.Order())}; "
                + "register that channel or name another in the policy");
        }
    }

    /// <summary>The channel that a rule means; null when there is none.</summary>
    public IActionChannel? Resolve(string name)
    {
        if (_channels.TryGetValue(name, out var channel)) return channel;
        if (name != Policy.DefaultChannel) return null;
        foreach (var candidate in s_defaultOrder)
        {
            if (_channels.TryGetValue(candidate, out channel)) return channel;
        }

        return _channels.Values.OrderBy(static one => one.Name, StringComparer.Ordinal).FirstOrDefault();
    }
}
