namespace RealtimeInsight.Host.Tests.Telemetry;

/// <summary>The files that Prometheus is started with, judged by its own tool.</summary>
public sealed class AlertRuleTests
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "infra", "prometheus");

    [RequiresProgramFact("promtool")]
    public async Task Configuration_IsValid()
    {
        var (code, output) = await Programs.RunAsync("promtool", ["check", "config", "prometheus.yml"], folder: s_folder);

        Assert.True(code == 0, output);
    }

    [RequiresProgramFact("promtool")]
    public async Task Alerts_FireWhenTheyShould()
    {
        var (code, output) = await Programs.RunAsync("promtool", ["test", "rules", "alerts.test.yml"], folder: s_folder);

        Assert.True(code == 0, output);
    }
}
