using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Engine;
using RealtimeInsight.EventHubs;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Host.Channels;
using RealtimeInsight.Host.Demo;
using RealtimeInsight.Host.EventHubs;
using RealtimeInsight.Host.Intake;
using RealtimeInsight.Host.Retraining;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Text;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Host;

/// <summary>
/// Every option of the host, read once and checked: defaults, then <c>realtime-insight.json</c> in the working directory, then environment
/// variables that start with <c>REALTIME_INSIGHT_</c> (<c>REALTIME_INSIGHT_Intake__WriteKeys__0</c>), then the command line.
/// </summary>
public sealed class HostSettings
{
    public const string ChannelsSection = "Channels";
    public const string SettingsFile = "realtime-insight.json";
    public const string EnvironmentPrefix = "REALTIME_INSIGHT_";

    private HostSettings(IConfigurationRoot configuration)
    {
        Configuration = configuration;
        Host = Bind(new HostOptions(), "Host");
        Demo = Bind(new DemoOptions(), "Demo");
        // Given values win over the demo's, which win over the defaults.
        Customer = Bind(Host.Demo ? Demo.Shorten(new CustomerOptions()) : new CustomerOptions(), "Customer");
        Intake = Bind(new IntakeOptions(), "Intake");
        EventHubs = Bind(new EventHubsOptions(), "EventHubs");
        HubReader = Bind(new HubReaderOptions(), "HubReader");
        Api = Bind(new ApiOptions(), "Api");
        Channels = Configuration.GetSection(ChannelsSection).GetChildren().ToDictionary(
            static section => section.Key.ToLowerInvariant(), section => Bind(new ChannelOptions(), section.Path), StringComparer.Ordinal);
        Store = Bind(new SqliteStoreOptions(), "Store");
        Store.DataDirectory = Host.DataDir;
        Engine = Bind(new EngineOptions(), "Engine");
        Inference = Bind(new InferenceOptions(), "Inference");
        Text = Bind(new TextOptions(), "Text");
        Retrain = Bind(new RetrainOptions(), "Retrain");
        Inference.ModelsDirectory = Host.Models.Length > 0 ? Host.Models : ShippedFiles.Models;
        PolicyPath = Host.Policy.Length > 0 ? Host.Policy : Host.Demo ? PolicyFile.DemoPath : PolicyFile.DefaultPath;
    }

    public HostOptions Host { get; }

    public DemoOptions Demo { get; }

    public CustomerOptions Customer { get; }

    public IntakeOptions Intake { get; }

    public EventHubsOptions EventHubs { get; }

    /// <summary>The hub that is read; none by default.</summary>
    public HubReaderOptions HubReader { get; }

    public ApiOptions Api { get; }

    /// <summary>The ways out for actions beside the log, by name.</summary>
    public IReadOnlyDictionary<string, ChannelOptions> Channels { get; }

    /// <summary>The store's options; its folder is that of the host.</summary>
    public SqliteStoreOptions Store { get; }

    public EngineOptions Engine { get; }

    public InferenceOptions Inference { get; }

    /// <summary>Classification of texts; its models lie beside the others.</summary>
    public TextOptions Text { get; }

    public RetrainOptions Retrain { get; }

    /// <summary>The policy file that counts: the configured one, else the demo's or the shipped one.</summary>
    public string PolicyPath { get; }

    internal IConfigurationRoot Configuration { get; }

    /// <summary>The channels by their sections.</summary>
    internal IEnumerable<(string Section, object Options)> ChannelSections =>
        Channels.Select(static channel => ($"{ChannelsSection}:{channel.Key}", (object)channel.Value));

    /// <exception cref="SetupException">A value cannot be read or is out of range; the message lists every one.</exception>
    public static HostSettings Read(HostArguments arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        HostSettings settings;
        try
        {
            var configuration = new ConfigurationBuilder()
                .AddJsonFile(Path.Combine(Directory.GetCurrentDirectory(), SettingsFile), optional: true, reloadOnChange: false)
                .AddEnvironmentVariables(EnvironmentPrefix)
                .AddInMemoryCollection(KeysOf(arguments))
                .Build();
            var unread = Unread(configuration);
            if (unread.Count > 0) throw new SetupException(string.Join(Environment.NewLine, unread));
            settings = new HostSettings(configuration);
        }
        catch (Exception fault) when (fault is InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new SetupException($"a setting cannot be read: {fault.Message}", fault);
        }

        var problems = settings.Problems();
        if (problems.Count > 0) throw new SetupException(string.Join(Environment.NewLine, problems));
        return settings;
    }

    private static List<string> Unread(IConfigurationRoot configuration)
    {
        var problems = new List<string>();
        (string Section, Type Options)[] all =
        [
            ("Host", typeof(HostOptions)), ("Demo", typeof(DemoOptions)), ("Customer", typeof(CustomerOptions)),
            ("Intake", typeof(IntakeOptions)), ("EventHubs", typeof(EventHubsOptions)), ("HubReader", typeof(HubReaderOptions)),
            ("Api", typeof(ApiOptions)),
            (ChannelsSection, typeof(Dictionary<string, ChannelOptions>)), ("Store", typeof(SqliteStoreOptions)),
            ("Engine", typeof(EngineOptions)), ("Inference", typeof(InferenceOptions)), ("Retrain", typeof(RetrainOptions)),
            ("Text", typeof(TextOptions)),
        ];
        foreach (var (section, options) in all) SettingsCheck.Add(problems, configuration.GetSection(section), options);
        return problems;
    }

    private List<string> Problems()
    {
        List<string> problems =
        [
            .. HostOptions.Validate(Host),
            .. DemoOptions.Validate(Demo),
            .. CustomerOptions.Validate(Customer).Select(problem => $"Customer:{problem}"),
            .. IntakeOptions.Validate(Intake),
            .. EventHubsOptions.Validate(EventHubs),
            .. HubReader.IsOn ? HubReaderOptions.Validate(HubReader).Select(static problem => $"HubReader:{problem}") : [],
            .. ApiOptions.Validate(Api),
            .. Channels.SelectMany(static channel => ChannelSetup.Validate(channel.Key, channel.Value)),
            .. SqliteStoreOptions.Validate(Store).Select(problem => $"Store:{problem}"),
            .. EngineOptions.Validate(Engine).Select(problem => $"Engine:{problem}"),
            .. RetrainOptions.Validate(Retrain),
        ];
        var inference = new InferenceOptionsValidator().Validate(Options.DefaultName, Inference);
        if (inference.Failed) problems.AddRange(inference.Failures.Select(problem => $"Inference:{problem}"));
        var text = new TextOptionsValidator().Validate(Options.DefaultName, Text);
        if (text.Failed) problems.AddRange(text.Failures.Select(problem => $"Text:{problem}"));
        if (System.Net.IPAddress.TryParse(Host.Listen, out var address) && !System.Net.IPAddress.IsLoopback(address)
            && (Intake.WriteKeys.Count == 0 || Api.ReadKeys.Count == 0))
        {
            problems.Add($"Host:Listen is {Host.Listen}, which other machines can reach: configure Intake:WriteKeys and Api:ReadKeys, "
                + $"for example {EnvironmentPrefix}Intake__WriteKeys__0 and {EnvironmentPrefix}Api__ReadKeys__0 in the environment");
        }

        return problems;
    }

    private T Bind<T>(T options, string section)
    {
        Configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        return options;
    }

    private static Dictionary<string, string?> KeysOf(HostArguments arguments)
    {
        var keys = new Dictionary<string, string?>(arguments.Settings, StringComparer.OrdinalIgnoreCase);
        if (arguments.Port is { } port) keys["Host:Port"] = port.ToString();
        if (arguments.Listen is { } listen) keys["Host:Listen"] = listen;
        if (arguments.DataDir is { } dataDir) keys["Host:DataDir"] = dataDir;
        if (arguments.Policy is { } policy) keys["Host:Policy"] = policy;
        if (arguments.Models is { } models) keys["Host:Models"] = models;
        if (arguments.NoDemo) keys["Host:Demo"] = "false";
        return keys;
    }
}
