using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>Turns a policy document into a <see cref="Policy"/>; every mistake is named with its place.</summary>
internal static partial class PolicyReader
{
    private const int ShownMax = 60;

    private static readonly string[] PolicyKeys =
        ["name", "time_zone", "hold_out", "quiet_hours", "frequency_cap", "cool_down", "consent_required", "attribution_window", "rules"];

    private static readonly string[] RuleKeys =
        ["id", "on", "when", "action", "channel", "priority", "once_per", "consent", "ignore_quiet_hours", "parameters",
        "variants", "choose"];

    private static readonly Dictionary<string, EffectKind> EffectNames = Enum.GetValues<EffectKind>()
        .Where(static kind => kind is not (EffectKind.DecisionDue or EffectKind.AttributionEnded))
        .ToDictionary(EffectKinds.WireName, StringComparer.Ordinal);

    private static readonly Dictionary<string, EventKind> EventNames =
        Enum.GetValues<EventKind>().ToDictionary(EventKinds.WireName, StringComparer.Ordinal);

    public static Policy Read(JsonNode document, string version)
    {
        RequireDistinctKeys(document, "");
        var root = Section(document, "", PolicyKeys);
        var zoneName = Text(root, "time_zone", "time_zone", "UTC");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zoneName, out var zone))
        {
            throw new PolicyException("time_zone", $"'{zoneName}' is not a known time zone; write an IANA name, e.g. Europe/Berlin");
        }

        var holdOut = OptionalSection(root, "hold_out", ["fraction", "salt"]);
        var cap = OptionalSection(root, "frequency_cap", ["max", "window"]);
        var attribution = Span(
            root, "attribution_window", "attribution_window", TimeSpan.FromDays(7), min: 1, TimeSpan.FromDays(90));
        return new Policy
        {
            Name = RequiredText(root, "name", "name"),
            Version = version,
            Rules = ReadRules(root["rules"], attribution),
            HoldOutFraction = Number(holdOut, "fraction", "hold_out.fraction", 0, 0, 0.5),
            HoldOutSalt = Text(holdOut, "salt", "hold_out.salt", ""),
            CapMax = Whole(cap, "max", "frequency_cap.max", 3, 0, Policy.CapMaxLimit),
            CapWindow = Span(cap, "window", "frequency_cap.window", TimeSpan.FromDays(7), min: 1, TimeSpan.FromDays(365)),
            CoolDown = Span(root, "cool_down", "cool_down", TimeSpan.FromHours(24), min: 0, TimeSpan.FromDays(365)),
            QuietHours = ReadQuietHours(root, zone),
            ConsentIsRequired = Flag(root, "consent_required", "consent_required"),
            AttributionWindow = attribution,
        };
    }

    private static List<PolicyRule> ReadRules(JsonNode? node, TimeSpan attribution)
    {
        if (node is not JsonArray array)
        {
            throw new PolicyException("rules", $"{Shown(node)} is not a list of rules; write one, or [] for a policy that never acts");
        }

        if (array.Count > Policy.RulesMax) throw TooManyRules(array.Count);
        var rules = new List<PolicyRule>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < array.Count; i++)
        {
            var rule = ReadRule(array[i], $"rules[{i}]", attribution);
            if (!ids.Add(rule.Id)) throw new PolicyException($"rules[{i}].id", $"'{rule.Id}' occurs twice, ids must differ; rename one");
            rules.Add(rule);
        }

        return [.. rules.OrderByDescending(static rule => rule.Priority)];
    }

    private static PolicyRule ReadRule(JsonNode? node, string path, TimeSpan attribution)
    {
        var rule = Section(node, path, RuleKeys);
        var id = RequiredText(rule, "id", $"{path}.id");
        if (!Identifier().IsMatch(id)) throw BadId(id, path);
        var (effects, events) = ReadTriggers(rule["on"], $"{path}.on");
        var action = RequiredText(rule, "action", $"{path}.action");
        var parameters = Parameters(rule, $"{path}.parameters");
        return new PolicyRule
        {
            Id = id,
            EffectMask = effects,
            EventMask = events,
            When = [.. Texts(rule["when"], $"{path}.when").Select((text, i) => Condition.Parse(text, $"{path}.when[{i}]"))],
            Action = action,
            Channel = Text(rule, "channel", $"{path}.channel", Policy.DefaultChannel),
            Priority = Whole(rule, "priority", $"{path}.priority", 0, -1000, 1000),
            OncePer = ReadScope(Text(rule, "once_per", $"{path}.once_per", "trigger"), $"{path}.once_per"),
            Consent = rule.ContainsKey("consent") ? RequiredText(rule, "consent", $"{path}.consent") : null,
            IgnoresQuietHours = Flag(rule, "ignore_quiet_hours", $"{path}.ignore_quiet_hours"),
            Parameters = parameters,
            Variants = ReadVariants(rule, path, action, parameters),
            Choose = ReadChoose(rule, path, attribution),
        };
    }

    private static (uint Effects, uint Events) ReadTriggers(JsonNode? node, string path)
    {
        uint effects = 0, events = 0;
        foreach (var name in Texts(node, path))
        {
            if (EffectNames.TryGetValue(name, out var effect)) effects |= 1u << (int)effect;
            else if (EventNames.TryGetValue(name, out var kind)) events |= 1u << (int)kind;
            else if (name == "any_event") events = uint.MaxValue;
            else
            {
                throw new PolicyException(
                    path,
                    $"'{name}' triggers nothing; use any_event or one of {string.Join(", ", EffectNames.Keys.Concat(EventNames.Keys))}");
            }
        }

        return effects != 0 || events != 0 ? (effects, events)
            : throw new PolicyException(path, "nothing triggers the rule, at least one trigger is needed; write e.g. cart_abandoned");
    }

    private static EpisodeScope ReadScope(string text, string path) => text switch
    {
        "trigger" => EpisodeScope.Trigger,
        "cart" => EpisodeScope.Cart,
        "session" => EpisodeScope.Session,
        "day" => EpisodeScope.Day,
        "ever" => EpisodeScope.Ever,
        _ => throw new PolicyException(path, $"'{text}' is not a scope; use one of trigger, cart, session, day, ever"),
    };

    private static QuietHours? ReadQuietHours(JsonObject root, TimeZoneInfo zone)
    {
        if (OptionalSection(root, "quiet_hours", ["from", "to"]) is not { } section) return null;
        var from = Time(section, "from", "quiet_hours.from");
        var to = Time(section, "to", "quiet_hours.to");
        return from != to ? new QuietHours(from, to, zone)
            : throw new PolicyException("quiet_hours", $"from and to are both {from:HH:mm}, they must differ; or leave the section out");
    }

    private static TimeOnly Time(JsonObject section, string key, string path)
    {
        var text = RequiredText(section, key, path);
        return TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw new PolicyException(path, $"'{text}' is not a time of day; write e.g. \"21:00\" in quotes");
    }

    private static JsonObject Section(JsonNode? node, string path, string[] keys)
    {
        if (node is not JsonObject section) throw NotAMapping(node, path);
        foreach (var (key, _) in section)
        {
            if (keys.Contains(key)) continue;
            throw new PolicyException(Join(path, key), $"'{key}' is not a known key; use one of {string.Join(", ", keys)}, or take it out");
        }

        return section;
    }

    private static JsonObject? OptionalSection(JsonObject parent, string key, string[] keys) =>
        parent[key] is { } node ? Section(node, key, keys) : null;

    private static string RequiredText(JsonObject section, string key, string path)
    {
        var text = Text(section, key, path, "");
        return text.Length != 0 ? text : throw new PolicyException(path, $"{Shown(section[key])}, a text is required; write '{key}: ...'");
    }

    private static string Text(JsonObject? section, string key, string path, string fallback) => section?[key] switch
    {
        null => fallback,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonValue value when value.GetValueKind() == JsonValueKind.Number => value.ToJsonString(),
        var other => throw NotAText(other, path),
    };

    private static IEnumerable<string> Texts(JsonNode? node, string path) => node switch
    {
        null => [],
        JsonValue value when value.GetValueKind() == JsonValueKind.String => [value.GetValue<string>()],
        JsonArray array => array.Select((item, i) => item is JsonValue text && text.GetValueKind() == JsonValueKind.String
            ? text.GetValue<string>()
            : throw NotAText(item, $"{path}[{i}]")),
        _ => throw new PolicyException(path, $"{Shown(node)} is neither a text nor a list of texts; write one text in quotes, or a list"),
    };

    private static bool Flag(JsonObject section, string key, string path) => section[key] switch
    {
        null => false,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        var other => throw new PolicyException(path, $"{Shown(other)} is not a flag; write true or false without quotes"),
    };

    private static int Whole(JsonObject? section, string key, string path, int fallback, int min, int max)
    {
        var number = Number(section, key, path, fallback, min, max);
        return number == Math.Truncate(number) ? (int)number
            : throw new PolicyException(path, $"{number} is not a whole number; write one from {min} to {max}");
    }

    private static double Number(JsonObject? section, string key, string path, double fallback, double min, double max)
    {
        if (section?[key] is not { } node) return fallback;
        if (node.GetValueKind() != JsonValueKind.Number)
        {
            throw new PolicyException(path, $"{Shown(node)} is not a number; write one from {min} to {max} without quotes");
        }

        var number = double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
        return number >= min && number <= max ? number
            : throw new PolicyException(path, $"{number} is out of range; write a number from {min} to {max}");
    }

    private static TimeSpan Span(JsonObject? section, string key, string path, TimeSpan fallback, int min, TimeSpan max)
    {
        var text = Text(section, key, path, "");
        if (text.Length == 0) return fallback;
        var match = Duration().Match(text);
        if (!match.Success) throw new PolicyException(path, $"'{text}' is not a duration; write e.g. 45s, 30m, 24h or 7d");
        var number = long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        var seconds = number * match.Groups[2].Value switch { "s" => 1, "m" => 60, "h" => 3_600, _ => 86_400 };
        return seconds >= min && seconds <= max.TotalSeconds ? TimeSpan.FromSeconds(seconds)
            : throw new PolicyException(path, $"'{text}' is out of range; write a duration from {min}s to {max.TotalDays}d");
    }

    /// <summary>A key that occurs twice would make one of its values vanish without a word.</summary>
    private static void RequireDistinctKeys(JsonNode? node, string path)
    {
        switch (node)
        {
            case JsonObject section:
                try
                {
                    foreach (var (key, value) in section) RequireDistinctKeys(value, Join(path, key));
                }
                catch (ArgumentException)
                {
                    throw new PolicyException(path.Length == 0 ? "policy" : path, "has a key twice, keys must differ; take one out");
                }

                break;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++) RequireDistinctKeys(array[i], $"{path}[{i}]");
                break;
        }
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Shown(JsonNode? node)
    {
        if (node is null) return "nothing";
        var text = node.ToJsonString();
        return text.Length <= ShownMax ? text : $"{text[..ShownMax]}...";
    }

    private static PolicyException NotAMapping(JsonNode? node, string path) =>
        new(path.Length == 0 ? "policy" : path, $"{Shown(node)} is not a mapping; write 'key: value' lines");

    private static PolicyException NotAText(JsonNode? node, string path) => new(path, $"{Shown(node)} is not a text; write one in quotes");

    private static PolicyException TooManyRules(int count) =>
        new("rules", $"{count} rules, at most {Policy.RulesMax} are allowed; split the policy or take rules out");

    private static PolicyException BadId(string id, string path) =>
        new($"{path}.id", $"'{id}' is not an id; write 1 to 64 lower-case letters, digits, - and _, the first a letter or digit");

    [GeneratedRegex("^([0-9]{1,9})([smhd])$", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}$", RegexOptions.CultureInvariant)]
    private static partial Regex Identifier();
}
