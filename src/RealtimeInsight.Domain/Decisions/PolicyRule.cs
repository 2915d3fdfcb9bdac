using System.Text.Json.Nodes;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>What a rule may happen once for.</summary>
public enum EpisodeScope : byte
{
    /// <summary>Cart for cart triggers, dormancy spell for dormancy, session otherwise.</summary>
    Trigger,
    Cart,
    Session,
    Day,
    Ever,
}

/// <summary>One rule of a policy: when something happens and the conditions hold, give a treatment.</summary>
public sealed record PolicyRule
{
    public required string Id { get; init; }

    /// <summary>Bit n: effect kind n triggers the rule.</summary>
    public required uint EffectMask { get; init; }

    /// <summary>Bit n: event kind n triggers the rule.</summary>
    public required uint EventMask { get; init; }
    public required IReadOnlyList<Condition> When { get; init; }

    /// <summary>Type of the treatment: reminder, coupon, recommendation, service_call, or the shop's own word.</summary>
    public required string Action { get; init; }
    public required string Channel { get; init; }

    /// <summary>Of several rules that apply in one turn the highest wins.</summary>
    public int Priority { get; init; }
    public EpisodeScope OncePer { get; init; }

    /// <summary>Purpose that must not be withdrawn (or must be granted, where the policy requires it); null for none.</summary>
    public string? Consent { get; init; }
    public bool IgnoresQuietHours { get; init; }

    /// <summary>Handed to the channel as they are: template, discount, ...</summary>
    public JsonObject Parameters { get; init; } = [];

    /// <summary>Treatments to choose among when the rule gives one; empty for the one of <see cref="Action"/>.</summary>
    public IReadOnlyList<PolicyVariant> Variants { get; init; } = [];

    /// <summary>How it chooses; null without variants.</summary>
    public VariantRule? Choose { get; init; }
}
