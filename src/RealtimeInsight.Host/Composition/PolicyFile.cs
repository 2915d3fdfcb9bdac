using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Domain.Decisions;

namespace RealtimeInsight.Host;

/// <summary>Reads a policy from a YAML or JSON file; the extension <c>.json</c> tells which.</summary>
public static class PolicyFile
{
    private const int BytesMax = 1024 * 1024;

    /// <summary>The policy that comes with the host.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "policies", "default.yaml");

    /// <summary>The same idea with spans that suit the simulated shop: nothing waits for the night to end.</summary>
    public static string DemoPath => Path.Combine(AppContext.BaseDirectory, "policies", "demo.yaml");

    /// <exception cref="SetupException">
    /// The file cannot be read, is no YAML or JSON, or breaks a rule of policies; the message tells the place.
    /// </exception>
    public static Policy Load(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            var file = new FileInfo(path);
            if (!file.Exists) throw new SetupException($"the policy file {path} does not exist; name an existing file with --policy");
            if (file.Length > BytesMax)
            {
                throw new SetupException($"the policy file {path} has {file.Length} bytes, at most {BytesMax} are allowed");
            }
            var text = File.ReadAllText(path);
            var isJson = file.Extension.Equals(".json", StringComparison.OrdinalIgnoreCase);
            var document = isJson ? JsonNode.Parse(text) : YamlDocument.Parse(text);
            if (document is null) throw new SetupException($"the policy file {path} is empty; see infra/docs/policies.md");
            return Policy.Parse(document);
        }
        catch (Exception fault) when (fault is FormatException or JsonException or PolicyException)
        {
            throw new SetupException($"the policy file {path} is not valid: {fault.Message}", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SetupException($"the policy file {path} cannot be read: {fault.Message}", fault);
        }
    }
}
