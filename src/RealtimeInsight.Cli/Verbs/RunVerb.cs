using System.CommandLine;
using RealtimeInsight.Host;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight run</c>: the host with the embedded engine, and a simulated shop unless told otherwise.</summary>
public static class RunVerb
{
    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var port = new Option<int?>("--port")
        {
            HelpName = "N",
            Description = $"TCP port; 0 takes any free one (default: {HostOptions.PortDefault})",
        };
        var listen = new Option<string?>("--listen")
        {
            HelpName = "ADDRESS",
            Description = "IP address to listen on; one that other machines reach needs configured keys "
                + $"(default: {HostOptions.ListenDefault})",
        };
        var dataDir = new Option<string?>("--data-dir")
        {
            HelpName = "DIR",
            Description = $"Where events, customers and actions are kept (default: {HostOptions.DataDirDefault})",
        };
        var policy = new Option<string?>("--policy") { HelpName = "FILE", Description = "Policy file (default: the one that ships)" };
        var models = new Option<string?>("--models") { HelpName = "DIR", Description = "Model repository (default: the one that ships)" };
        var noDemo = new Option<bool>("--no-demo")
        {
            Description = "Start without the simulated shop, its write key and its short deadlines",
        };

        var verb = new Verb(
            "run",
            "Start the engine and its HTTP interface; a simulated shop feeds it. Every setting is also read from "
            + $"{HostSettings.SettingsFile} in the working directory and from environment variables that start with "
            + $"{HostSettings.EnvironmentPrefix}.",
            "insight run",
            "insight run --port 9000 --data-dir /var/lib/insight",
            "REALTIME_INSIGHT_Intake__WriteKeys__0=a-secret-key insight run --no-demo")
        {
            port, listen, dataDir, policy, models, noDemo,
        };
        verb.SetAction((parsed, cancellationToken) =>
        {
            var arguments = new HostArguments
            {
                Port = parsed.GetValue(port),
                Listen = parsed.GetValue(listen),
                DataDir = parsed.GetValue(dataDir),
                Policy = parsed.GetValue(policy),
                Models = parsed.GetValue(models),
                NoDemo = parsed.GetValue(noDemo),
            };
            return HostProgram.RunAsync(arguments, console.Out, console.Error, cancellationToken);
        });
        return verb;
    }
}
