using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Extensions.Hosting;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Demo;

/// <summary>Tells on the console what happens to customers: a few live lines, and the counters at a fixed interval.</summary>
internal sealed class DemoNarrator(
    DemoOptions options, ICustomerEngine engine, DemoLines lines, IHostApplicationLifetime lifetime, TimeProvider time) : BackgroundService
{
    private const int NameWidth = 15;
    private readonly ConcurrentDictionary<string, int> _told = new(StringComparer.Ordinal);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStopping);
        await Task.WhenAll(TellNoticesAsync(stop.Token), TellStatusAsync(stop.Token)).ConfigureAwait(false);
    }

    /// <summary>What a notice is called on the console; null for one that is not told.</summary>
    internal static string? TitleOf(string type) => type switch
    {
        "cart_opened" => "cart opened",
        "cart_at_risk" => "cart at risk",
        "cart_abandoned" => "cart abandoned",
        "cart_recovered" => "cart recovered",
        "cart_converted" => "cart converted",
        "decision" => "decision",
        "delivered" => "action sent",
        _ => null,
    };

    /// <summary>A notice as it is printed.</summary>
    internal static string Line(EngineNotice notice, string title)
    {
        var line = $"{notice.At.ToDateTimeOffset():HH:mm:ss}  {title.PadRight(NameWidth)} {notice.CustomerId}";
        return notice.Text.Length == 0 ? line : $"{line}  {notice.Text}";
    }

    /// <summary>The counters in one line; the rate is of the time since the line before.</summary>
    internal static string StatusLine(EngineStatus status, double eventsPerSecond)
    {
        var culture = CultureInfo.InvariantCulture;
        return string.Join(" · ",
            string.Create(culture, $"-- {status.EventsAccepted:N0} events ({eventsPerSecond:N0}/s)"),
            string.Create(culture, $"{status.Customers:N0} customers"),
            string.Create(culture, $"carts {status.CartsOpen:N0} open, {status.CartsAtRisk:N0} at risk, ")
                + string.Create(culture, $"{status.CartsAbandoned:N0} abandoned, {status.CartsRecovered:N0} recovered, ")
                + string.Create(culture, $"{status.CartsConverted:N0} converted"),
            string.Create(culture, $"{status.Scores:N0} scores"),
            string.Create(culture, $"{status.ActionsDelivered:N0} actions sent"));
    }

    private async Task TellNoticesAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var notice in engine.SubscribeAsync(stop).ConfigureAwait(false))
            {
                if (TitleOf(notice.Type) is not { } title) continue;
                // Carts open all the time, actions are rare: each kind has its own share, so that none hides another.
                if (_told.AddOrUpdate(notice.Type, 1, static (_, told) => told + 1) > options.LinesPerKind) continue;
                lines.Print(Line(notice, title));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or EngineUnavailableException)
        {
            // The host stops: there is nothing more to tell.
        }
    }

    private async Task TellStatusAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.StatusInterval, time);
        var before = engine.GetStatus().EventsAccepted;
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                var status = engine.GetStatus();
                if (!status.IsReady) continue;
                lines.Print(StatusLine(status, (status.EventsAccepted - before) / options.StatusInterval.TotalSeconds));
                before = status.EventsAccepted;
                _told.Clear();
            }
        }
        catch (OperationCanceledException)
        {
            lines.Print("-- stopping: the queues drain and the customers are saved");
        }
    }
}
