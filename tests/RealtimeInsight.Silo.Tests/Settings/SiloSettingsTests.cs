using RealtimeInsight.Host;

namespace RealtimeInsight.Silo.Tests.Settings;

public sealed class SiloSettingsTests
{
    [Fact]
    public void Read_ArgumentsOfSeveralSections_AreBound()
    {
        var settings = SiloSettings.Read(
            ["--Cluster:SiloPort=21000", "--Cluster:Labels:device=gpu", "--Grains:SaveAgeMax=00:00:02", "--Host:Port=0"]);

        Assert.Equal((21_000, "gpu"), (settings.Cluster.SiloPort, settings.Cluster.Labels["device"]));
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Grains.SaveAgeMax);
        Assert.False(settings.Host.Host.Demo);
    }

    [Theory]
    [InlineData("--Cluster:Siloport2=1", "Cluster:Siloport2 is no setting; Cluster has Membership, Storage")]
    [InlineData("--Cluster:Membership=consul", "Cluster:Membership is 'consul'; use localhost or azuretable")]
    [InlineData("--Grains:SaveEventsMax=0", "Grains:SaveEventsMax is 0")]
    [InlineData("--Host:Port=70000", "Host:Port is 70000")]
    public void Read_WrongSetting_IsRefusedWithWhatIsAllowed(string argument, string problem)
    {
        var refused = Assert.Throws<SetupException>(() => SiloSettings.Read([argument]));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_Secrets_AreNotShown()
    {
        const string connection = "AccountName=shop;AccountKey=c2VjcmV0";
        var settings = SiloSettings.Read(
        [
            "--Cluster:Membership=azuretable", "--Cluster:Address=10.0.0.7", $"--Cluster:ConnectionString={connection}",
            "--Intake:WriteKeys:0=write-key-1",
        ]);

        var lines = SettingsPrinter.Lines(settings.Sections, settings.Host.Configuration).ToList();

        Assert.Contains("  Cluster:ConnectionString = 1 set, not shown  (command line)", lines);
        Assert.DoesNotContain(lines, static line => line.Contains("c2VjcmV0", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static line => line.Contains("write-key-1", StringComparison.Ordinal));
    }
}
