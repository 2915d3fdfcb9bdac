using Microsoft.Extensions.Configuration;
using RealtimeInsight.Host;
using RealtimeInsight.Orleans;

namespace RealtimeInsight.Silo;

/// <summary>The host's settings with those of a silo, read once and checked.</summary>
internal sealed class SiloSettings
{
    private static readonly (string Section, Type Options)[] s_sections =
        [("Cluster", typeof(ClusterNodeOptions)), ("Grains", typeof(CustomerGrainOptions))];

    private SiloSettings(HostSettings host)
    {
        Host = host;
        Cluster = Bind(new ClusterNodeOptions(), "Cluster");
        Grains = Bind(new CustomerGrainOptions(), "Grains");
    }

    public HostSettings Host { get; }

    public ClusterNodeOptions Cluster { get; }

    public CustomerGrainOptions Grains { get; }

    /// <summary>Everything that counts in a silo, by section. What only the embedded engine reads is not among it.</summary>
    public IReadOnlyList<(string Section, object Options)> Sections =>
    [
        ("Cluster", Cluster), ("Grains", Grains), ("Host", Host.Host), ("Intake", Host.Intake), ("EventHubs", Host.EventHubs),
        ("HubReader", Host.HubReader), ("Api", Host.Api), ("Customer", Host.Customer), .. Host.ChannelSections,
        ("Inference", Host.Inference),
    ];

    /// <exception cref="SetupException">A value cannot be read or is out of range; the message lists every one.</exception>
    public static SiloSettings Read(IReadOnlyList<string> arguments)
    {
        var host = HostSettings.Read(new HostArguments { NoDemo = true, Settings = SiloArguments.Parse(arguments) });
        var problems = new List<string>();
        foreach (var (section, options) in s_sections) SettingsCheck.Add(problems, host.Configuration.GetSection(section), options);
        if (problems.Count > 0) throw new SetupException(string.Join(Environment.NewLine, problems));
        var settings = new SiloSettings(host);
        problems.AddRange(ClusterNodeOptions.Validate(settings.Cluster));
        problems.AddRange(CustomerGrainOptions.Validate(settings.Grains).Select(static problem => $"Grains:{problem}"));
        if (problems.Count > 0) throw new SetupException(string.Join(Environment.NewLine, problems));
        return settings;
    }

    private T Bind<T>(T options, string section)
    {
        Host.Configuration.GetSection(section).Bind(options);
        return options;
    }
}
