namespace RealtimeInsight.Host.Tests;

/// <summary>A test that runs a script of tests/node; skipped with the reason where Node.js or its packages are missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (Programs.Find("node") is null) Skip = "Node.js is not installed; ./insight test tells how to get it";
        else if (!Directory.Exists(Path.Combine(Folder, "node_modules", "@segment"))
            || !Directory.Exists(Path.Combine(Folder, "node_modules", "kubernetes-models")))
        {
            Skip = "the packages of tests/node are not installed; ./insight test installs them, or npm ci --ignore-scripts in tests/node";
        }
    }

    public static string Folder => Path.Combine(Repository.Root, "tests", "node");
}
