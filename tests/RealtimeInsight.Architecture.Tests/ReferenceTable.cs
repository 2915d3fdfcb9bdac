namespace RealtimeInsight.Architecture.Tests;

/// <summary>Which source project may reference which, and which packages belong to one project alone.</summary>
internal static class ReferenceTable
{
    public const string Prefix = "RealtimeInsight.";

    /// <summary>Direct references by short name; what they reference in turn is allowed too.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Allowed = new Dictionary<string, string[]>
    {
        ["Domain"] = [],
        ["Inference"] = ["Domain"],
        ["Inference.Onnx"] = ["Inference"],
        ["Engine"] = ["Domain", "Inference"],
        ["Storage.Sqlite"] = ["Engine"],
        ["Simulation"] = ["Engine"],
        ["Insights"] = ["Domain", "Inference", "Engine"],
        ["EventHubs"] = ["Engine"],
        ["Orleans.Contracts"] = ["Domain"],
        ["Orleans"] = ["Orleans.Contracts", "Engine", "Insights"],
        ["Host"] = ["Domain", "Inference", "Inference.Onnx", "Engine", "Insights", "EventHubs", "Storage.Sqlite"],
        ["Silo"] = ["Host", "Orleans"],
        ["Samples.OrderService"] = ["Orleans.Contracts"],
        ["Scenarios"] = ["Host", "Simulation"],
        ["Cli"] = ["Host", "Insights", "Simulation"],
    };

    /// <summary>Assembly or package name prefix, and the only source projects that may name it.</summary>
    public static readonly IReadOnlyList<(string Prefix, string[] Owners)> Owned =
    [
        ("Microsoft.ML.OnnxRuntime", ["Inference.Onnx"]),
        ("Microsoft.Data.Sqlite", ["Storage.Sqlite"]),
        ("SQLitePCLRaw", ["Storage.Sqlite"]),
        ("Microsoft.AspNetCore", ["Host", "Cli", "Scenarios", "Silo", "Samples.OrderService"]),
        ("OpenTelemetry", ["Host"]),
        ("System.CommandLine", ["Cli"]),
        ("Microsoft.Orleans", ["Orleans.Contracts", "Orleans", "Silo", "Samples.OrderService"]),
        ("Orleans", ["Orleans.Contracts", "Orleans", "Silo", "Samples.OrderService"]),
        ("Azure", ["EventHubs", "Silo"]),
    ];

    /// <summary>Everything that <paramref name="project"/> may reference, directly or through another.</summary>
    public static HashSet<string> Closure(string project)
    {
        var reached = new HashSet<string>();
        var open = new Stack<string>(Allowed[project]);
        while (open.TryPop(out var next))
        {
            if (!reached.Add(next)) continue;
            foreach (var further in Allowed[next]) open.Push(further);
        }

        return reached;
    }
}
