using System.Net;
using System.Net.Http.Headers;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Posts actions as CloudEvents with the headers of Standard Webhooks. One call is one attempt; the outbox repeats it. Follows no
/// redirects, and reaches public addresses only unless the host is allow-listed. Thread-safe.
/// </summary>
internal sealed class WebhookChannel : IActionChannel, IDisposable
{
    public const string ChannelName = "webhook";
    private const int RetryAfterSecondsMax = 24 * 3600;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly WebhookOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly List<byte[]> _secrets = [];

    /// <param name="options">Valid by <see cref="WebhookOptions.Validate"/>, with a target.</param>
    public WebhookChannel(WebhookOptions options, TimeProvider time)
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

    public string Name => ChannelName;

    public async ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = RequestOf(message);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)
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

    private HttpRequestMessage RequestOf(ActionMessage message)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds();
        var content = new ReadOnlyMemoryContent(message.Body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/cloudevents+json", "utf-8");
        var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = content };
        request.Headers.Add("webhook-id", message.DecisionId);
        request.Headers.Add("webhook-timestamp", timestamp.ToString());
        request.Headers.Add("webhook-signature", WebhookSignature.Header(_secrets, message.DecisionId, timestamp, message.Body.Span));
        return request;
    }

    private DeliveryResult ResultOf(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode;
        return response.StatusCode switch
        {
            _ when response.IsSuccessStatusCode => new DeliveryResult(DeliveryStatus.Delivered, code),
            HttpStatusCode.Gone => new DeliveryResult(DeliveryStatus.Failed, code, "the receiver is gone for good"),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                new DeliveryResult(DeliveryStatus.Retry, code, RetryAfter: RetryAfterOf(response)),
            >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest =>
                new DeliveryResult(
                    DeliveryStatus.Failed, code, "the receiver redirects, which webhooks do not follow; configure its final address"),
            _ => new DeliveryResult(DeliveryStatus.Failed, code, "the receiver refuses the request"),
        };
    }

    private TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);
        if (wait is not { } span || span <= TimeSpan.Zero) return null;
        return span.TotalSeconds > RetryAfterSecondsMax ? TimeSpan.FromSeconds(RetryAfterSecondsMax) : span;
    }
}
