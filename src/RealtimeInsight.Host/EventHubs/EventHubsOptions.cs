using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.EventHubs;

/// <summary>The REST form of Azure Event Hubs; configuration section <c>EventHubs</c>. Off until a hub is named.</summary>
public sealed class EventHubsOptions
{
    /// <summary>Bytes of a request, which is Event Hubs' own limit of a send.</summary>
    public const int RequestBytesMax = 1024 * 1024;

    public const int HubNameLengthMax = 256;
    public const int KeysPerPolicyMax = 2;

    /// <summary>First parts of paths that the host itself answers.</summary>
    private static readonly string[] s_taken = ["v1", "health", "metrics", "openapi"];

    /// <summary>
    /// Names of hubs that events may be sent to: letters, digits, '.', '-' and '_', up to 256. None by default, which is off.
    /// </summary>
    public IList<string> Hubs { get; init; } = [];

    /// <summary>
    /// Keys by the name of their shared access policy: a primary key and, while keys are changed, a secondary one, 8 to 128 characters
    /// each. A hub needs at least one.
    /// </summary>
    public IDictionary<string, IList<string>> Keys { get; init; } = new Dictionary<string, IList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Requests worked on at once, 1 to 65,536; one more is answered 503. The default is 128.</summary>
    public int RequestsInFlightMax { get; set; } = 128;

    /// <summary>What is wrong with the values; empty when all are in range.</summary>
    public static IReadOnlyList<string> Validate(EventHubsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, "EventHubs:RequestsInFlightMax", options.RequestsInFlightMax, 1, 65_536);
        for (var i = 0; i < options.Hubs.Count; i++) CheckHub(problems, i, options.Hubs);
        foreach (var (policy, keys) in options.Keys)
        {
            var name = $"EventHubs:Keys:{policy}";
            if (keys.Count is 0 or > KeysPerPolicyMax) problems.Add($"{name} has {keys.Count} keys; use 1 to {KeysPerPolicyMax}");
            Rules.Keys(problems, name, keys);
        }

        if (options.Hubs.Count > 0 && options.Keys.Count == 0)
        {
            problems.Add("EventHubs:Hubs is given without EventHubs:Keys: nobody could send; "
                + $"configure a key, for example {HostSettings.EnvironmentPrefix}EventHubs__Keys__producer__0 in the environment");
        }

        return problems;
    }

    private static void CheckHub(List<string> problems, int index, IList<string> hubs)
    {
        var hub = hubs[index] ?? "";
        if (hub.Length is 0 or > HubNameLengthMax || !char.IsAsciiLetterOrDigit(hub[0]) || !hub.All(IsOfName))
        {
            problems.Add($"EventHubs:Hubs:{index} is '{FieldReader.Cut(hub, 64)}'; use 1 to {HubNameLengthMax} letters, digits, '.', '-' "
                + "and '_', beginning with a letter or digit");
        }
        else if (s_taken.Contains(hub, StringComparer.OrdinalIgnoreCase))
        {
            problems.Add($"EventHubs:Hubs:{index} is '{hub}', which the host uses itself; choose another name");
        }
        else if (hubs.Take(index).Contains(hub, StringComparer.OrdinalIgnoreCase))
        {
            problems.Add($"EventHubs:Hubs:{index} is '{hub}', which is named before; name a hub once");
        }
    }

    private static bool IsOfName(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_';
}
