using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Demo;

/// <summary>
/// Plays the simulated shop against this host: its events leave when their time has come, over HTTP, with the key <c>demo</c>. What the
/// host does not take for now is sent again, as an SDK would.
/// </summary>
internal sealed partial class DemoFeeder(
    DemoOptions options,
    ICustomerEngine engine,
    IServer server,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<DemoFeeder> logger)
    : BackgroundService
{
    private const int BatchMax = 200;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan ReadyPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OpeningHour = TimeSpan.FromHours(10);
    private static readonly TimeSpan QuietMax = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        try
        {
            await StartedAsync(stop.Token).ConfigureAwait(false);
            using var client = ClientOf(AddressOf(server));
            await PlayAsync(client, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogEnded(logger);
        }
    }

    /// <summary>The address to reach this host at from this machine.</summary>
    internal static Uri AddressOf(IServer server)
    {
        var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var uri = new Uri(address);
        return uri.Host is "0.0.0.0" or "[::]" ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri : uri;
    }

    private async Task StartedAsync(CancellationToken stop)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(stop).ConfigureAwait(false);
        using var poll = new PeriodicTimer(ReadyPoll, time);
        while (!engine.GetStatus().IsReady) await poll.WaitForNextTickAsync(stop).ConfigureAwait(false);
    }

    private async Task PlayAsync(HttpClient client, CancellationToken stop)
    {
        var begun = time.GetUtcNow();
        var opening = Instant.From(new DateTimeOffset(begun.UtcDateTime.Date, TimeSpan.Zero) + OpeningHour);
        var shop = new ShopSimulator(new ShopSimulatorOptions
        {
            // Another start is another crowd: the same events again would all be duplicates.
            Seed = (ulong)begun.ToUnixTimeMilliseconds(),
            Customers = options.Customers,
            Start = opening,
            ArrivalDays = options.ArrivalDays,
            TimeCompression = options.TimeCompression,
            Intensity = options.Intensity,
        });
        using var events = shop.Events().GetEnumerator();
        using var ticks = new PeriodicTimer(Tick, time);
        var isMore = events.MoveNext();
        var batch = new List<CustomerEvent>(BatchMax);
        var shift = Instant.From(begun) - opening;
        while (isMore && await ticks.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            var now = Instant.From(time.GetUtcNow());
            while (isMore && batch.Count < BatchMax)
            {
                var due = events.Current.OccurredAt + shift;
                // While everybody is asleep the clock of the shop runs ahead: nobody is left waiting before an empty screen.
                if (due - now > QuietMax) shift -= due - now - QuietMax;
                if (due > now) break;
                batch.Add(events.Current with { OccurredAt = due, IngestedAt = due });
                isMore = events.MoveNext();
            }

            if (batch.Count == 0) continue;
            await SendAsync(client, batch, stop).ConfigureAwait(false);
            batch.Clear();
        }
    }

    private async Task SendAsync(HttpClient client, List<CustomerEvent> batch, CancellationToken stop)
    {
        while (true)
        {
            using var content = new ReadOnlyMemoryContent(SegmentWriter.Batch(batch, Instant.From(time.GetUtcNow())));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            try
            {
                using var response = await client.PostAsync(new Uri("/v1/batch", UriKind.Relative), content, stop).ConfigureAwait(false);
                if (response.IsSuccessStatusCode) return;
                if (response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable))
                {
                    LogRefused(logger, (int)response.StatusCode, batch.Count);
                    return;
                }
            }
            catch (HttpRequestException fault)
            {
                LogUnreachable(logger, fault.HttpRequestError);
            }

            await Task.Delay(RetryAfter, time, stop).ConfigureAwait(false);
        }
    }

    private static HttpClient ClientOf(Uri address)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        var client = new HttpClient(handler) { BaseAddress = address };
        var basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{WriteAccess.DemoKey}:"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", basic);
        return client;
    }

    [LoggerMessage(5020, LogLevel.Debug, "The simulated shop closes")]
    private static partial void LogEnded(ILogger logger);

    [LoggerMessage(5021, LogLevel.Warning, "The intake answered {Status} to {Count} events of the simulated shop; they are left out")]
    private static partial void LogRefused(ILogger logger, int status, int count);

    [LoggerMessage(5022, LogLevel.Warning, "The simulated shop cannot reach the intake ({Error}); it tries again")]
    private static partial void LogUnreachable(ILogger logger, HttpRequestError error);
}
