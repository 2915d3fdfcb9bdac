using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>The command line: settings by their configuration key, and nothing else.</summary>
internal static class SiloArguments
{
    public const string Usage = """
        Usage: RealtimeInsight.Silo [--SECTION:NAME=VALUE]...

        Runs one silo of a cluster, with the HTTP interface over all of its customers. Settings come from realtime-insight.json in the
        working directory, then from the environment (REALTIME_INSIGHT_Cluster__SiloPort), then from the command line.

        Two silos on this machine, for development:
          RealtimeInsight.Silo --Host:Port=8080 --Host:DataDir=.data/one
          RealtimeInsight.Silo --Host:Port=8081 --Host:DataDir=.data/two \
            --Cluster:SiloPort=11112 --Cluster:GatewayPort=30001 --Cluster:FirstSiloPort=11111

        infra/docs/orleans.md has the settings.
        """;

    public static bool AsksForHelp(IReadOnlyList<string> arguments) => arguments.Any(static one => one is "--help" or "-h");

    /// <exception cref="SetupException">An argument is none.</exception>
    public static Dictionary<string, string?> Parse(IReadOnlyList<string> arguments)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var argument in arguments)
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? argument : argument[..equals];
            if (equals < 0 || !key.StartsWith("--", StringComparison.Ordinal) || !key.Contains(':', StringComparison.Ordinal))
            {
                // What stands behind the sign may be a secret.
                throw new SetupException(
                    $"the argument '{key}' is no setting; write --SECTION:NAME=VALUE, such as --Cluster:SiloPort=11112");
            }

            settings[key[2..]] = argument[(equals + 1)..];
        }

        return settings;
    }
}
