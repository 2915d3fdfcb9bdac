using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The machine and the process that figures come from.</summary>
/// <param name="LoadAverage">Of the last minute, before the scenario; 0 where the system does not tell.</param>
/// <param name="MemoryBytes">What the process may use.</param>
/// <param name="HugePages">What the system does about pages of 2 MiB, which are asked for.</param>
internal sealed record BenchMachine(
    string Cpu, int Cores, double LoadAverage, long MemoryBytes, string OperatingSystem, string Runtime, string GarbageCollector,
    string HugePages)
{
    public static BenchMachine Read() => new(
        CpuModel(), Environment.ProcessorCount, Load(), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        $"{RuntimeInformation.OSDescription.Trim()} {RuntimeInformation.OSArchitecture}", RuntimeInformation.FrameworkDescription,
        (GCSettings.IsServerGC ? "server" : "workstation") + (GCSettings.LatencyMode == GCLatencyMode.Batch ? "" : ", concurrent"),
        Host.HugePages.Mode());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Cpu}, {Cores} cores, {MemoryBytes / (double)(1 << 30):0.0} GiB, load {LoadAverage:0.0}; {OperatingSystem}; {Runtime}, "
        + $"{GarbageCollector} GC, huge pages {HugePages}");

    public JsonObject ToJson() => new()
    {
        ["cpu"] = Cpu,
        ["cores"] = Cores,
        ["load_average"] = LoadAverage,
        ["memory_bytes"] = MemoryBytes,
        ["os"] = OperatingSystem,
        ["runtime"] = Runtime,
        ["gc"] = GarbageCollector,
        ["huge_pages"] = HugePages,
    };

    private static string CpuModel()
    {
        const string Info = "/proc/cpuinfo";
        if (!File.Exists(Info)) return RuntimeInformation.ProcessArchitecture.ToString();
        var line = File.ReadLines(Info).FirstOrDefault(static text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':') + 1)..].Trim();
    }

    private static double Load()
    {
        const string Info = "/proc/loadavg";
        if (!File.Exists(Info)) return 0;
        return double.Parse(File.ReadAllText(Info).Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
