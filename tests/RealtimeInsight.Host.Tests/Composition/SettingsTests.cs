using RealtimeInsight.Host.Api;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host.Tests.Composition;

public sealed class SettingsTests
{
    [Fact]
    public void Read_Nothing_GivesTheDocumentedDefaults()
    {
        var settings = HostSettings.Read(new HostArguments());

        Assert.Equal(
            (8080, "127.0.0.1", ".data", true), (settings.Host.Port, settings.Host.Listen, settings.Host.DataDir, settings.Host.Demo));
        Assert.Equal(TimeSpan.FromSeconds(45), settings.Customer.SessionGap);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.Customer.CartAtRiskAfter);
        Assert.Equal(TimeSpan.FromSeconds(40), settings.Customer.CartAbandonedAfter);
        Assert.Equal(PolicyFile.DemoPath, settings.PolicyPath);
    }

    [Fact]
    public void Read_NoDemo_KeepsTheProductsSpansAndPolicy()
    {
        var settings = HostSettings.Read(new HostArguments { NoDemo = true });

        Assert.Equal(TimeSpan.FromMinutes(30), settings.Customer.SessionGap);
        Assert.Equal(PolicyFile.DefaultPath, settings.PolicyPath);
    }

    [Fact]
    public void Read_GivenSpan_WinsOverTheDemos()
    {
        var settings = HostSettings.Read(With(("Customer:CartAbandonedAfter", "00:02:00")));

        Assert.Equal(TimeSpan.FromMinutes(2), settings.Customer.CartAbandonedAfter);
        Assert.Equal(TimeSpan.FromSeconds(15), settings.Customer.CartAtRiskAfter);
    }

    [Fact]
    public void Read_Environment_IsNamedAsSourceAndTheCommandLineWins()
    {
        const string name = HostSettings.EnvironmentPrefix + "Host__Port";
        Environment.SetEnvironmentVariable(name, "9001");
        try
        {
            var fromEnvironment = HostSettings.Read(new HostArguments());
            var fromCommandLine = HostSettings.Read(new HostArguments { Port = 9002 });

            Assert.Equal(9001, fromEnvironment.Host.Port);
            Assert.Contains(
                SettingsPrinter.Lines(fromEnvironment), line => line.EndsWith("Host:Port = 9001  (environment)", StringComparison.Ordinal));
            Assert.Contains(SettingsPrinter.Lines(fromCommandLine), line =>
                line.EndsWith("Host:Port = 9002  (command line)", StringComparison.Ordinal));
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    [Fact]
    public void Lines_Secrets_AreCountedNotShown()
    {
        var settings = HostSettings.Read(With(
            ("Intake:WriteKeys:0", "super-secret-1"), ("Intake:WriteKeys:1", "super-secret-2"), ("Api:ReadKeys:0", "super-secret-3"),
            ("Api:AdminKeys:0", "super-secret-5"), ("EventHubs:Keys:producer:0", "super-secret-6"),
            ("Channels:Webhook:Url", "https://hooks.example/super-secret-4"),
            ("Channels:Webhook:Secrets:0", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")));

        var lines = SettingsPrinter.Lines(settings).ToList();

        Assert.DoesNotContain(lines, line => line.Contains("super-secret") || line.Contains("whsec_"));
        Assert.Contains(lines, line => line == "  Intake:WriteKeys = 2 set, not shown  (command line)");
        Assert.Contains(lines, line => line == "  EventHubs:Keys = 1 set, not shown  (command line)");
        Assert.Contains(lines, line => line.StartsWith("  Host (default): Port=8080 Listen=127.0.0.1", StringComparison.Ordinal));
        Assert.Contains("(command line)", lines[0]);
    }

    [Fact]
    public void Lines_OptionsWithinOptions_HaveSectionsOfTheirOwn()
    {
        var lines = SettingsPrinter.Lines(HostSettings.Read(With(("Engine:Learning:Items:IsOn", "true")))).ToList();

        Assert.Contains("  Engine:Learning:Items:IsOn = True  (command line)", lines);
        Assert.Contains(lines, line => line.StartsWith("  Engine:Outbox (default): ConcurrencyMax=4", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("  Engine:Learning:Statistics (default): IsOn=False", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("=RealtimeInsight.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Host:Port", "70000", "Host:Port is 70000")]
    [InlineData("Host:Port", "many", "Host:Port")]
    [InlineData("Host:Listen", "localhost", "Host:Listen is 'localhost'")]
    [InlineData("Host:DataDir", " ", "Host:DataDir is empty")]
    [InlineData("Host:Prot", "80", "Host:Prot is no setting; Host has Port, Listen")]
    [InlineData("Engine:Outbox:Nonsense", "1", "Engine:Outbox:Nonsense is no setting; Engine:Outbox has ConcurrencyMax")]
    [InlineData("Customer:SessionGap", "banana", "Customer:SessionGap is 'banana'; use a span of time")]
    [InlineData("Customer:DormancyLevels:0", "banana", "Customer:DormancyLevels:0 is 'banana'; use a span of time")]
    [InlineData("Engine", "1", "Engine is given one value; give the settings under it")]
    [InlineData("Intake:WriteKeys:0", "short", "Intake:WriteKeys:0 has 5 characters")]
    [InlineData("Intake:WriteKeys:0", "with blanks in it", "cannot carry")]
    [InlineData("Intake:RequestsInFlightMax", "0", "Intake:RequestsInFlightMax is 0")]
    [InlineData("Intake:CommitWaitMax", "00:10:00", "Intake:CommitWaitMax")]
    [InlineData("Api:LiveStreamsMax", "0", "Api:LiveStreamsMax is 0")]
    [InlineData("Customer:SessionGap", "2.00:00:00", "Customer:SessionGap")]
    [InlineData("Inference:BatchSizeMax", "0", "Inference:BatchSizeMax")]
    [InlineData("Intake:RejectLengthMax", "1023", "Intake:RejectLengthMax is 1023")]
    [InlineData("EventHubs:RequestsInFlightMax", "0", "EventHubs:RequestsInFlightMax is 0")]
    [InlineData("EventHubs:Hubs:0", "clicks", "EventHubs:Hubs is given without EventHubs:Keys")]
    [InlineData("EventHubs:Hubs:0", "V1", "EventHubs:Hubs:0 is 'V1', which the host uses itself")]
    [InlineData("EventHubs:Hubs:0", "a/b", "EventHubs:Hubs:0 is 'a/b'")]
    [InlineData("EventHubs:Hubs:0", "{any}", "EventHubs:Hubs:0 is '{any}'")]
    [InlineData("EventHubs:Keys:producer:0", "short", "EventHubs:Keys:producer:0 has 5 characters")]
    [InlineData("EventHubs:Keys:producer", "long-enough", "EventHubs:Keys:producer is given one value; give a list")]
    [InlineData("Store:RejectsMax", "99", "Store:RejectsMax is 99")]
    [InlineData("Channels:log:Kind", "file", "Channels:log is built in")]
    [InlineData("Channels:my hook:Kind", "file", "Channels:my hook is no name")]
    [InlineData("Channels:hook:Kind", "carrier-pigeon", "Channels:hook:Kind is 'carrier-pigeon'; use webhook or cloudevents or file")]
    [InlineData("Channels:hook:Urll", "x", "Urll")]
    [InlineData("Channels:hook:Url", "https://hooks.example", "Channels:hook:Secrets has 0 entries; use 1 to 5")]
    [InlineData("Channels:file:FileBytesMax", "1", "Channels:file:FileBytesMax is 1")]
    [InlineData("Channels:file:FilesMax", "0", "Channels:file:FilesMax is 0")]
    [InlineData("Channels:file:BatchMax", "0", "Channels:file:BatchMax is 0")]
    [InlineData("Channels:events:Timeout", "00:02:00", "Channels:events:Timeout")]
    [InlineData("Channels:events:Mode", "pipe", "Channels:events:Mode")]
    [InlineData("Demo:TimeCompression", "0", "Demo:TimeCompression is 0")]
    public void Read_WrongValue_IsNamedWithItsRule(string key, string value, string problem)
    {
        var refused = Assert.Throws<SetupException>(() => HostSettings.Read(With((key, value))));

        Assert.Contains(problem, refused.Message);
    }

    [Fact]
    public void Read_SeveralWrongValues_AreAllNamed()
    {
        var refused = Assert.Throws<SetupException>(() => HostSettings.Read(With(("Host:Port", "-1"), ("Api:LiveBacklogMax", "1"))));

        Assert.Contains("Host:Port", refused.Message);
        Assert.Contains("Api:LiveBacklogMax", refused.Message);
    }

    [Fact]
    public void Read_SeveralThatCannotBeRead_AreAllNamedInOurWords()
    {
        var refused = Assert.Throws<SetupException>(() => HostSettings.Read(
            With(("Engine:Nonsense", "1"), ("Customer:SessionGap", "banana"), ("Host:Port", "99999999999"), ("Host:Demo", "maybe"))));

        Assert.Equal(4, refused.Message.Split(Environment.NewLine).Length);
        Assert.Contains("Host:Demo is 'maybe'; use true or false", refused.Message);
        Assert.DoesNotContain("System.", refused.Message);
    }

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, true)]
    public void Read_OpenAddress_NeedsKeys(bool hasWriteKey, bool hasReadKey, bool isAllowed)
    {
        var settings = new Dictionary<string, string?>();
        if (hasWriteKey) settings["Intake:WriteKeys:0"] = "write-key-1";
        if (hasReadKey) settings["Api:ReadKeys:0"] = "read-key-1";
        var arguments = new HostArguments { Listen = "0.0.0.0", Settings = settings };

        if (isAllowed) Assert.Equal("0.0.0.0", HostSettings.Read(arguments).Host.Listen);
        else Assert.Contains("other machines can reach", Assert.Throws<SetupException>(() => HostSettings.Read(arguments)).Message);
    }

    [Fact]
    public void Defaults_OfEveryOptionsClass_AreValid()
    {
        Assert.Empty(HostOptions.Validate(new HostOptions()));
        Assert.Empty(IntakeOptions.Validate(new IntakeOptions()));
        Assert.Empty(RealtimeInsight.Host.EventHubs.EventHubsOptions.Validate(new()));
        Assert.Empty(ApiOptions.Validate(new ApiOptions()));
        Assert.Empty(DemoOptions.Validate(new DemoOptions()));
    }

    private static HostArguments With(params (string Key, string Value)[] settings) =>
        new() { Settings = settings.ToDictionary(pair => pair.Key, pair => (string?)pair.Value) };
}
