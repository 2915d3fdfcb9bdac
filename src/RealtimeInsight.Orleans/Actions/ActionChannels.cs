using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Orleans.Actions;

/// <summary>The channels of a silo by the names that policies use; a policy that names another stops the start.</summary>
internal sealed class ActionChannels
{
    private static readonly string[] s_defaultOrder = ["webhook", "log"];
    private readonly Dictionary<string, SiloEndpoint> _byName = new(StringComparer.Ordinal);

    public ActionChannels(IEnumerable<IActionChannel> channels, Policy policy, CustomerGrainOptions options)
    {
        IActionChannel[] known = [.. channels];
        var hasDefault = known.Any(static one => one.Name == Policy.DefaultChannel || one.Aliases.Contains(Policy.DefaultChannel));
        var fallback = hasDefault ? null : Default(known);
        Endpoints =
        [
            .. known.Select(channel => new SiloEndpoint(
                channel,
                [channel.Name, .. channel.Aliases, .. channel == fallback ? [Policy.DefaultChannel] : Array.Empty<string>()],
                options)),
        ];
        foreach (var endpoint in Endpoints) _byName.Add(endpoint.Name, endpoint);
        foreach (var endpoint in Endpoints)
        {
            foreach (var name in endpoint.Names) _byName.TryAdd(name, endpoint);
        }

        var names = string.Join(", ", Endpoints.Select(static one => one.Name).Order());
        foreach (var rule in policy.Rules)
        {
            if (Resolve(rule.Channel) is not null) continue;
            throw new InvalidOperationException(
                $"rule '{rule.Id}' sends to channel '{rule.Channel}', known are: {names}; "
                + "register that channel or name another in the policy");
        }
    }

    public IReadOnlyList<SiloEndpoint> Endpoints { get; }

    /// <summary>The endpoint that a rule means; null when there is none.</summary>
    public SiloEndpoint? Resolve(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Where actions go whose rule names no channel.</summary>
    private static IActionChannel? Default(IActionChannel[] channels)
    {
        foreach (var candidate in s_defaultOrder)
        {
            if (Array.Find(channels, one => one.Name == candidate) is { } channel) return channel;
        }

        return channels.OrderBy(static one => one.Name, StringComparer.Ordinal).FirstOrDefault();
    }
}
