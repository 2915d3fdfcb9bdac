using System.Text.Json.Nodes;

namespace RealtimeInsight.Domain.Decisions;

/// <content>The variants of a rule, and how it chooses among them.</content>
internal static partial class PolicyReader
{
    private static readonly string[] VariantKeys = ["id", "action", "parameters"];
    private static readonly string[] ChooseKeys = ["by", "explore", "half_life", "reward_within", "seed"];

    private static PolicyVariant[] ReadVariants(JsonObject rule, string path, string action, JsonObject parameters)
    {
        if (rule["variants"] is not { } node) return [];
        if (node is not JsonArray { Count: >= VariantRule.VariantsMin and <= VariantRule.VariantsMax } array)
        {
            throw new PolicyException(
                $"{path}.variants",
                $"{Shown(node)} is not a list of {VariantRule.VariantsMin} to {VariantRule.VariantsMax} variants; write so many, or none");
        }

        var variants = array.Select((item, i) => ReadVariant(item, $"{path}.variants[{i}]", action, parameters)).ToArray();
        var ids = variants.GroupBy(static variant => variant.Id, StringComparer.Ordinal);
        if (ids.FirstOrDefault(static same => same.Count() > 1) is { } twice)
        {
            throw new PolicyException($"{path}.variants", $"'{twice.Key}' occurs twice, ids of a rule's variants must differ; rename one");
        }

        return variants;
    }

    private static PolicyVariant ReadVariant(JsonNode? node, string path, string action, JsonObject parameters)
    {
        var variant = Section(node, path, VariantKeys);
        var id = RequiredText(variant, "id", $"{path}.id");
        if (!Identifier().IsMatch(id)) throw BadId(id, path);
        var merged = (JsonObject)parameters.DeepClone();
        foreach (var (name, value) in Parameters(variant, $"{path}.parameters")) merged[name] = value?.DeepClone();
        return new PolicyVariant(id, Text(variant, "action", $"{path}.action", action), merged);
    }

    private static VariantRule? ReadChoose(JsonObject rule, string path, TimeSpan attribution)
    {
        path = $"{path}.choose";
        if (!rule.ContainsKey("variants"))
        {
            return !rule.ContainsKey("choose") ? null
                : throw new PolicyException(path, "the rule has no variants to choose among; write variants, or take choose out");
        }

        var choose = rule["choose"] is { } node ? Section(node, path, ChooseKeys) : [];
        return new VariantRule
        {
            By = Text(choose, "by", $"{path}.by", "uniform") switch
            {
                "uniform" => VariantMethod.Uniform,
                "thompson" => VariantMethod.Thompson,
                var other => throw new PolicyException($"{path}.by", $"'{other}' is not a way to choose; use uniform or thompson"),
            },
            Explore = Number(choose, "explore", $"{path}.explore", VariantRule.ExploreDefault, 0.001, 1),
            HalfLife = Span(choose, "half_life", $"{path}.half_life", VariantRule.HalfLifeDefault, min: 60, TimeSpan.FromDays(3650)),
            RewardWithin = Span(choose, "reward_within", $"{path}.reward_within", attribution, min: 1, attribution),
            Seed = (ulong)Whole(choose, "seed", $"{path}.seed", 0, 0, int.MaxValue),
        };
    }

    private static JsonObject Parameters(JsonObject section, string path) => section["parameters"] switch
    {
        null => [],
        JsonObject parameters => (JsonObject)parameters.DeepClone(),
        var other => throw NotAMapping(other, path),
    };
}
