using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeInsight.Host.Api;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Models;

/// <summary>The registry of a running engine, over HTTP.</summary>
public sealed class RemoteModelDesk : IModelDesk
{
    /// <summary>A version is read, checked and warmed up before the answer.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client;

    /// <param name="address">Of the engine.</param>
    /// <param name="key">One of its <c>Api:AdminKeys</c>; null for a demo on this machine.</param>
    public RemoteModelDesk(Uri address, string? key)
    {
        _client = new HttpClient { BaseAddress = address, Timeout = s_patience };
        if (key is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<ModelListing> ListAsync(CancellationToken cancellationToken) =>
        SendAsync<ModelListing>(HttpMethod.Get, "/v1/models", null, cancellationToken);

    public Task<ModelWatch> WatchAsync(CancellationToken cancellationToken) =>
        SendAsync<ModelWatch>(HttpMethod.Get, "/v1/models/watch", null, cancellationToken);

    public async Task<ModelListing> RegisterAsync(ModelFiles files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        using var form = new MultipartFormDataContent();
        foreach (var (name, content) in new[] { ("manifest", files.Manifest), ("step", files.Step), ("fold", files.Fold) })
        {
            // The form disposes its parts.
            form.Add(new ReadOnlyMemoryContent(content), name, name);
        }

        return await SendAsync<ModelListing>(HttpMethod.Post, "/v1/models/register", form, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ModelListing> ChangeAsync(ModelChange change, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(change);
        var body = new JsonObject();
        if (change.Version is { } version) body["version"] = version;
        if (change.Share is { } share) body["share"] = share;
        using var content = JsonContent.Create(body);
        var path = $"/v1/models/{JsonNamingPolicy.SnakeCaseLower.ConvertName(change.Action.ToString())}";
        return await SendAsync<ModelListing>(HttpMethod.Post, path, content, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) throw new ModelDeskException(Detail(text) ?? $"{path} answered {(int)response.StatusCode}");
            return JsonSerializer.Deserialize<T>(text, ApiJson.Options)!;
        }
        catch (HttpRequestException fault)
        {
            throw new ModelDeskException($"no engine answers at {_client.BaseAddress} ({fault.Message}); name a running one", fault);
        }
    }

    private static string? Detail(string answer)
    {
        try
        {
            return (string?)JsonNode.Parse(answer)?["detail"];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
