using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Api;

/// <summary>
/// The live stream as server-sent events: <c>notice</c> for each change of a session, cart or decision, <c>status</c> with the counters
/// at a fixed interval, which also keeps the connection alive. A slow reader loses the oldest.
/// </summary>
internal sealed class LiveStreams(
    ICustomerEngine engine, StatusReader status, ApiOptions options, IHostApplicationLifetime lifetime, TimeProvider time)
{
    private const int ReconnectMs = 2_000;

    private int _open;

    private readonly record struct Frame(string Event, byte[] Data);

    public async Task StreamAsync(HttpContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > options.LiveStreamsMax)
            {
                await Results.Problem(
                    statusCode: StatusCodes.Status429TooManyRequests, title: "Too many live streams",
                    detail: $"{options.LiveStreamsMax} live streams are open, which is the limit; close one or try again later.")
                    .ExecuteAsync(context).ConfigureAwait(false);
                return;
            }

            await WriteAsync(context).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task WriteAsync(HttpContext context)
    {
        var frames = Channel.CreateBounded<Frame>(
            new BoundedChannelOptions(options.LiveBacklogMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        frames.Writer.TryWrite(StatusFrame());
        // The first bytes leave when the subscription stands: who has read them misses no later notice.
        var notices = PumpNoticesAsync(frames.Writer, stop.Token);
        var statuses = PumpStatusesAsync(frames.Writer, stop.Token);
        try
        {
            await response.WriteAsync($"retry: {ReconnectMs}\n\n", stop.Token).ConfigureAwait(false);
            await foreach (var frame in frames.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await response.WriteAsync($"event: {frame.Event}\ndata: ", stop.Token).ConfigureAwait(false);
                await response.Body.WriteAsync(frame.Data, stop.Token).ConfigureAwait(false);
                await response.WriteAsync("\n\n", stop.Token).ConfigureAwait(false);
                if (!frames.Reader.TryPeek(out _)) await response.Body.FlushAsync(stop.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The reader left or the host stops: the stream has no other end.
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(notices, statuses).ConfigureAwait(false);
        }
    }

    private async Task PumpNoticesAsync(ChannelWriter<Frame> frames, CancellationToken stop)
    {
        try
        {
            await foreach (var notice in engine.SubscribeAsync(stop).ConfigureAwait(false))
            {
                frames.TryWrite(new Frame("notice", JsonSerializer.SerializeToUtf8Bytes(notice, ApiJson.Options)));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or EngineUnavailableException)
        {
            // The reader left, or the engine stops: the stream ends, and the reader comes back after the announced time.
        }
        finally
        {
            frames.TryComplete();
        }
    }

    private async Task PumpStatusesAsync(ChannelWriter<Frame> frames, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.LiveStatusInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false)) frames.TryWrite(StatusFrame());
        }
        catch (OperationCanceledException)
        {
            frames.TryComplete();
        }
    }

    private Frame StatusFrame() => new("status", JsonSerializer.SerializeToUtf8Bytes(status.Read(), ApiJson.Options));
}
