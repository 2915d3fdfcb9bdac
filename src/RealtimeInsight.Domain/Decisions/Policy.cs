using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>
/// What to do for whom: rules, and the limits that hold for all of them. Read from a YAML or JSON document of the form described in
/// infra/docs/policies.md.
/// </summary>
public sealed record Policy
{
    public const int RulesMax = 200;
    public const int CapMaxLimit = 32;

    /// <summary>The channel of rules that name none: the webhook where one is configured, else the log.</summary>
    public const string DefaultChannel = "default";

    public required string Name { get; init; }

    /// <summary>XXH64 of the document, 16 hex digits: which text made a decision.</summary>
    public required string Version { get; init; }

    /// <summary>Highest priority first, then by order in the document.</summary>
    public required IReadOnlyList<PolicyRule> Rules { get; init; }

    /// <summary>Share of customers never treated, 0 to 0.5.</summary>
    public double HoldOutFraction { get; init; }
    public string HoldOutSalt { get; init; } = "";

    /// <summary>Most treatments in <see cref="CapWindow"/>; 0 to 32.</summary>
    public int CapMax { get; init; } = 3;
    public TimeSpan CapWindow { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Least time between two treatments.</summary>
    public TimeSpan CoolDown { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Null when treatments may go out at any hour.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>True: a treatment needs a granted consent; false: it needs one that was not withdrawn.</summary>
    public bool ConsentIsRequired { get; init; }

    /// <summary>How long after a decision an order or a return counts as its outcome; 1 second to 90 days.</summary>
    public TimeSpan AttributionWindow { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Reads a policy document.</summary>
    /// <exception cref="PolicyException">The document breaks a rule.</exception>
    public static Policy Parse(JsonNode document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return PolicyReader.Read(document, StableHash.Of(document.ToJsonString()).ToString("x16"));
    }
}
