using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>
/// A receiver of webhooks that drops what it has seen, by <c>webhook-id</c>, as the delivery contract asks of every receiver. Refuses a
/// few first attempts, so that there are retries too.
/// </summary>
internal sealed class ActionReceiver : IAsyncDisposable
{
    private const int RefuseOneIn = 40;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _taken = new(StringComparer.Ordinal);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private readonly WebApplication _app;
    private int _requests;
    private (int Count, TaskCompletionSource Done)? _requested;
    private (int Count, TaskCompletionSource Done)? _wanted;

    private ActionReceiver(WebApplication app) => _app = app;

    public Uri Url => new(_app.Urls.First() + "/hook");

    /// <summary>Requests whose id had been taken before.</summary>
    public int Repeated { get; private set; }

    /// <summary>Ids that came with other bytes than the first time: the receiver could not tell which is meant.</summary>
    public int Changed { get; private set; }

    /// <summary>Set while an answer is held back: the request has arrived and nobody knows.</summary>
    public Task? Hold { get; set; }

    public IReadOnlySet<string> Ids
    {
        get
        {
            lock (_gate) return _taken.Keys.ToHashSet(StringComparer.Ordinal);
        }
    }

    public static async Task<ActionReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new ActionReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Done when that many more requests have arrived.</summary>
    public Task RequestsAsync(int more)
    {
        lock (_gate)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _requested = (_requests + more, done);
            return done.Task;
        }
    }

    /// <summary>Done when that many different actions have been taken.</summary>
    public Task TakenAsync(int count)
    {
        lock (_gate)
        {
            if (_taken.Count >= count) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _wanted = (count, done);
            return done.Task;
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        context.Response.StatusCode = Take(context.Request.Headers["webhook-id"].ToString(), body.ToArray());
        if (Hold is { } hold) await hold;
    }

    private int Take(string id, byte[] body)
    {
        var digest = Convert.ToHexString(SHA256.HashData(body));
        lock (_gate)
        {
            var isRefused = StableDraw(id) % RefuseOneIn == 0 && _refused.Add(id);
            if (!isRefused && !_taken.TryAdd(id, digest))
            {
                Repeated++;
                if (_taken[id] != digest) Changed++;
            }

            _requests++;
            if (_requested is { } requested && _requests >= requested.Count) requested.Done.TrySetResult();
            if (_wanted is { } wanted && _taken.Count >= wanted.Count) wanted.Done.TrySetResult();
            return isRefused ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        }
    }

    private static int StableDraw(string id) => id.Aggregate(17, static (sum, letter) => ((sum * 31) + letter) & 0xFFFFFF);
}
