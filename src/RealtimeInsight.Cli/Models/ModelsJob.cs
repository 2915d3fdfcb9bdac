using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Host;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Cli.Models;

/// <summary>Asks one thing of a registry and shows how things are then.</summary>
internal sealed class ModelsJob(CliConsole console)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <exception cref="CliException">It was refused, or no engine or folder is there.</exception>
    public Task<int> RunAsync(
        ModelTarget target, Func<IModelDesk, CancellationToken, Task<ModelListing>> ask, CancellationToken cancellationToken) =>
        RunAsync(
            target,
            async desk =>
            {
                var listing = await ask(desk, cancellationToken).ConfigureAwait(false);
                if (target.IsJson) console.Out.WriteLine(JsonSerializer.Serialize(listing, s_json));
                else ModelTable.Write(listing, console.Out);
                return ExitCodes.Success;
            },
            cancellationToken);

    /// <param name="work">Returns the exit code.</param>
    /// <exception cref="CliException">It was refused, or no engine or folder is there.</exception>
    public async Task<int> RunAsync(ModelTarget target, Func<IModelDesk, Task<int>> work, CancellationToken cancellationToken)
    {
        try
        {
            var desk = await OpenAsync(target, cancellationToken).ConfigureAwait(false);
            await using (desk.ConfigureAwait(false)) return await work(desk).ConfigureAwait(false);
        }
        catch (ModelDeskException problem)
        {
            throw CliException.Failure(problem.Message, problem);
        }
        catch (SetupException problem)
        {
            throw new CliException(
                $"{problem.Message}. To change the models of a running engine, name it: --url http://127.0.0.1:{HostOptions.PortDefault}",
                ExitCodes.Usage, problem);
        }
    }

    private async Task<IModelDesk> OpenAsync(ModelTarget target, CancellationToken cancellationToken)
    {
        if (target.Url is { } url) return new RemoteModelDesk(url, target.Key);
        var settings = HostSettings.Read(new HostArguments { DataDir = target.DataDir, Models = target.Models, NoDemo = true });
        return await LocalModelDesk.OpenAsync(settings, console.Time, cancellationToken).ConfigureAwait(false);
    }
}
