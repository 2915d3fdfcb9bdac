using System.CommandLine;
using RealtimeInsight.Host;

namespace RealtimeInsight.Cli.Verbs;

/// <summary><c>insight health</c>: asks a running engine whether it is ready; the exit code is the answer.</summary>
public static class HealthVerb
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public static Command Create(CliConsole console)
    {
        ArgumentNullException.ThrowIfNull(console);
        var url = new Option<string>("--url")
        {
            HelpName = "URL",
            Description = "Address of the engine",
            DefaultValueFactory = _ => $"http://127.0.0.1:{HostOptions.PortDefault}",
        };
        var verb = new Verb(
            "health",
            "Ask a running engine whether it is ready. Prints its answer; exit code 0 when it is ready (also degraded), 1 when not.",
            "insight health",
            "insight health --url http://insight.internal:8080")
        {
            url,
        };
        verb.SetAction((parsed, cancellationToken) => AskAsync(parsed.GetValue(url)!, console, cancellationToken));
        return verb;
    }

    private static async Task<int> AskAsync(string url, CliConsole console, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            await console.Error.WriteLineAsync($"insight: --url is '{url}'; use an address such as http://127.0.0.1:8080")
                .ConfigureAwait(false);
            return ExitCodes.Usage;
        }

        using var client = new HttpClient { BaseAddress = address, Timeout = s_patience };
        try
        {
            using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), cancellationToken).ConfigureAwait(false);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            await console.Out.WriteLineAsync(answer).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? ExitCodes.Success : ExitCodes.Failure;
        }
        catch (HttpRequestException exception)
        {
            await console.Error.WriteLineAsync($"insight: no engine answers at {url}: {exception.Message}").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await console.Error.WriteLineAsync($"insight: {url} did not answer within {s_patience.TotalSeconds:0} s").ConfigureAwait(false);
            return ExitCodes.Failure;
        }
    }
}
