using System.Net;
using System.Net.Http.Headers;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Posts to one receiver and reads its answer as the result of an attempt. Follows no redirects, uses no proxy, and reaches public
/// addresses only unless the host is allow-listed. Thread-safe.
/// </summary>
internal sealed class HttpSender : IDisposable
{
    private const int RetryAfterSecondsMax = 7 * 24 * 3600;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly ChannelOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly List<byte[]> _secrets = [];

    /// <param name="options">Valid by <see cref="ChannelOptions.Validate"/>, with a target.</param>
    public HttpSender(ChannelOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        foreach (var text in options.Secrets)
        {
            if (WebhookSignature.TryReadSecret(text, out var secret)) _secrets.Add(secret);
        }

        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = (connection, cancellationToken) =>
                WebhookTargets.ConnectAsync(options, connection.DnsEndPoint, cancellationToken),
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("RealtimeInsight", "0.1"));
    }

    /// <summary>A request with this body, which is signed under the id where there are secrets; no id: it is not signed.</summary>
    public HttpRequestMessage RequestOf(ReadOnlyMemory<byte> body, string mediaType, string? id)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType, "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = content };
        if (_options.Token.Length > 0) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.Token);
        if (id is null || _secrets.Count == 0) return request;
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString());
        request.Headers.Add("webhook-signature", WebhookSignature.Header(_secrets, id, timestamp, body.Span));
        return request;
    }

    /// <summary>One attempt; disposes the request.</summary>
    public async ValueTask<DeliveryResult> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sent = request;
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(sent, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            return ResultOf(response);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new DeliveryResult(DeliveryStatus.Retry, Detail: $"no answer within {_options.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException fault) when (fault.InnerException is WebhookBlockedException blocked)
        {
            return new DeliveryResult(DeliveryStatus.Failed, Detail: blocked.Message);
        }
        catch (HttpRequestException fault)
        {
            return new DeliveryResult(DeliveryStatus.Retry, Detail: $"no connection: {fault.HttpRequestError}");
        }
    }

    public void Dispose() => _client.Dispose();

    private DeliveryResult ResultOf(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => new DeliveryResult(DeliveryStatus.Delivered, code),
            HttpStatusCode.Gone => new DeliveryResult(DeliveryStatus.Gone, code, "the receiver is gone for good"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new DeliveryResult(DeliveryStatus.Retry, code, "the receiver asks to try later", RetryAfterOf(response)),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                new DeliveryResult(
                    DeliveryStatus.Failed, code, "the receiver redirects, which is not followed; configure its final address"),
            _ => new DeliveryResult(DeliveryStatus.Failed, code, "the receiver refuses the request"),
        };
    }

    /// <summary>Seconds or an HTTP date; cut at 7 days, the most that an outbox honours.</summary>
    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        if (wait is not { } span || span <= TimeSpan.Zero) return null;
        return span.TotalSeconds > RetryAfterSecondsMax ? TimeSpan.FromSeconds(RetryAfterSecondsMax) : span;
    }
}
