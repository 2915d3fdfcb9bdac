using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace RealtimeInsight.Host;

/// <summary>A YAML document as JSON nodes by the rules of YAML's core schema: plain scalars have a type, quoted ones are text.</summary>
internal static class YamlDocument
{
    private const int NodesMax = 20_000;
    private const int DepthMax = 64;

    /// <exception cref="FormatException">Not one YAML document, or larger than the limits; the message tells the place.</exception>
    public static JsonNode? Parse(string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException fault)
        {
            throw new FormatException($"line {fault.Start.Line}, column {fault.Start.Column}: {fault.Message}", fault);
        }

        if (stream.Documents.Count != 1) throw new FormatException($"{stream.Documents.Count} YAML documents; write exactly one");
        var nodes = 0;
        return Convert(stream.Documents[0].RootNode, 0, ref nodes);
    }

    /// <summary>An alias is converted again at each place, and counted again: a document cannot unfold without limit.</summary>
    private static JsonNode? Convert(YamlNode node, int depth, ref int nodes)
    {
        if (++nodes > NodesMax || depth > DepthMax)
        {
            throw new FormatException($"over {NodesMax} nodes or {DepthMax} levels; make it smaller");
        }
        switch (node)
        {
            case YamlMappingNode mapping:
                var mapped = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name })
                    {
                        throw new FormatException($"line {key.Start.Line}: a key is not a text");
                    }
                    if (!mapped.TryAdd(name, Convert(value, depth + 1, ref nodes)))
                    {
                        throw new FormatException($"line {key.Start.Line}: the key '{name}' occurs twice");
                    }
                }

                return mapped;
            case YamlSequenceNode sequence:
                var listed = new JsonArray();
                foreach (var item in sequence.Children) listed.Add(Convert(item, depth + 1, ref nodes));
                return listed;
            case YamlScalarNode scalar:
                return Scalar(scalar);
            default:
                throw new FormatException($"line {node.Start.Line}: not a value, a list or a mapping");
        }
    }

    private static JsonNode? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE": return JsonValue.Create(true);
            case "false" or "False" or "FALSE": return JsonValue.Create(false);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        const NumberStyles number = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        if (double.TryParse(text, number, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
        {
            return JsonValue.Create(real);
        }
        return JsonValue.Create(text);
    }
}
