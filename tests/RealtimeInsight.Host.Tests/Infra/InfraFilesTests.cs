using System.Text.Json.Nodes;

namespace RealtimeInsight.Host.Tests.Infra;

/// <summary>Files for Kubernetes, Terraform and Compose against schemas and by parsers; see tests/node/infra.mjs.</summary>
public sealed class InfraFilesTests
{
    /// <summary>File, text in it, what a planted fault makes of it, and what the check has to say.</summary>
    private static readonly (string File, string Text, string Fault, string Says)[] s_faults =
    [
        ("kubernetes/base/statefulset.yaml", "replicas: 1", "replicas: one", "StatefulSet realtime-insight"),
        ("kubernetes/base/statefulset.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "may run as root"),
        ("kubernetes/base/statefulset.yaml", "live\n              port: http", "live\n              port: web", "livenessProbe"),
        ("kubernetes/base/service.yaml", "apiVersion: v1", "apiVersion: v2", "no kind Service in v2"),
        ("kubernetes/base/poddisruptionbudget.yaml", "      app.kubernetes.io/name", "      app", "no PodDisruptionBudget"),
        ("kubernetes/base/kustomization.yaml", "  - service.yaml\n", "", "service.yaml is not among the resources"),
        ("kubernetes/base/networkpolicy.yaml", "kind: NetworkPolicy", "kind: NetworkPolicy\nkind: Again", "unique"),
        ("kubernetes/cluster/autoscaling.yaml", "name: realtime-insight-silo\n  minReplicas", "name: x\n  minReplicas", "no Deployment x"),
        ("kubernetes/cluster/rolebinding.yaml", "name: realtime-insight-silo\n  apiGroup", "name: x\n  apiGroup", "no Role x"),
        ("kubernetes/cluster/silos.yaml", "name: realtime-insight-silo\n          env:", "name: x\n          env:", "no ConfigMap x"),
        ("kubernetes/cluster/silos-gpu.yaml", "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "more rights"),
        ("kubernetes/cluster/settings.yaml", "kind: ConfigMap", "kind: Config", "no kind Config in v1"),
        ("terraform/main.tf", "azurerm_eventhub.clicks.name", "azurerm_eventhub.clicks_.name", "azurerm_eventhub.clicks_ is not declared"),
        ("terraform/main.tf", "location = var.location", "location = var.locations", "var.locations is not declared"),
        ("terraform/outputs.tf", "output \"hub\" {", "output \"hub\" {{", "outputs.tf"),
        ("terraform/variables.tf", "description = \"Tags of every resource.\"", "", "variable tags lacks"),
        ("docker/compose.yaml", "azurite:3.35.0", "azurite:latest", "takes any version"),
        ("docker/compose.yaml", "depends_on: [\"azurite\"]", "depends_on: [\"storage\"]", "waits for storage"),
        ("docker/event-hubs.json", "\"clicks\"", "\"other\"", "no hub clicks"),
    ];

    [NodeFact]
    public async Task Files_AsTheyAre_HaveNoFault()
    {
        var found = await CheckAsync(Path.Combine(Repository.Root, "infra"));

        Assert.Equal([], found["problems"]!.AsArray().Select(problem => (string)problem!));
        Assert.True((int)found["resources"]! >= 25, $"only {found["resources"]} resources were found");
    }

    [NodeFact]
    public async Task Files_WithPlantedFaults_AreAllNamed()
    {
        foreach (var faults in Rounds())
        {
            using var copy = new TempFolder();
            Copy(Path.Combine(Repository.Root, "infra"), copy.Path);
            foreach (var (file, text, fault, _) in faults)
            {
                var path = Path.Combine(copy.Path, file);
                var content = await File.ReadAllTextAsync(path);
                Assert.True(content.Contains(text, StringComparison.Ordinal), $"{file} has no '{text}'");
                await File.WriteAllTextAsync(path, content.Replace(text, fault, StringComparison.Ordinal));
            }

            var problems = (await CheckAsync(copy.Path))["problems"]!.AsArray().Select(problem => (string)problem!).ToList();

            Assert.All(faults, fault => Assert.Contains(
                problems, problem => problem.StartsWith(fault.File.Split('/')[0], StringComparison.Ordinal)
                    && problem.Contains(fault.Says, StringComparison.Ordinal)));
        }
    }

    /// <summary>One fault of each file at a time, so that one does not hide another.</summary>
    private static IEnumerable<(string File, string Text, string Fault, string Says)[]> Rounds()
    {
        var byFile = s_faults.GroupBy(fault => fault.File).Select(group => group.ToList()).ToList();
        for (var round = 0; round < byFile.Max(faults => faults.Count); round++)
        {
            yield return [.. byFile.Where(faults => faults.Count > round).Select(faults => faults[round])];
        }
    }

    private static async Task<JsonNode> CheckAsync(string folder)
    {
        var (code, output) = await Programs.RunAsync("node", ["infra.mjs", folder], folder: NodeFactAttribute.Folder);
        Assert.True(code == 0, output);
        return JsonNode.Parse(output.TrimEnd().Split('\n')[^1])!;
    }

    private static void Copy(string from, string to)
    {
        foreach (var part in (string[])["kubernetes", "terraform", "docker", "prometheus", "grafana"])
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(from, part), "*", SearchOption.AllDirectories))
            {
                var target = Path.Combine(to, Path.GetRelativePath(from, file));
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target);
            }
        }
    }
}
