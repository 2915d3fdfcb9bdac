using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Operate;

/// <summary>Asks a running engine over its HTTP interface. Dispose to close.</summary>
internal sealed class EngineClient : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>An erasure is answered after every customer was saved, and what is free in the store overwritten.</summary>
    private static readonly TimeSpan s_erasePatience = TimeSpan.FromMinutes(30);
    private readonly HttpClient _client;
    private readonly Uri _url;

    public EngineClient(Uri url, string? key)
    {
        _url = url;
        _client = new HttpClient { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };
        if (key is not null) _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)), cancellationToken);

    public Task<JsonNode> DeleteAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, new Uri(path, UriKind.Relative)), s_erasePatience, cancellationToken);

    /// <param name="body">Empty for none.</param>
    public Task<JsonNode> PostAsync(string path, string body, string mediaType, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative));
        if (body.Length > 0) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));
        return SendAsync(request, cancellationToken);
    }

    /// <summary>Sends files as multipart/form-data.</summary>
    public async Task<JsonNode> PostFilesAsync(
        string path, IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> files, CancellationToken cancellationToken)
    {
        using var form = new MultipartFormDataContent();

        // The form disposes its parts.
        foreach (var (name, content) in files) form.Add(new ReadOnlyMemoryContent(content), name, name);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = form };
        return await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose() => _client.Dispose();

    private Task<JsonNode> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, s_patience, cancellationToken);

    /// <exception cref="CliException">No engine answers, or it refuses; with its own words.</exception>
    private async Task<JsonNode> SendAsync(HttpRequestMessage request, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var sent = request;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(patience);
        try
        {
            using var response = await _client.SendAsync(sent, waiting.Token).ConfigureAwait(false);
            var text = await response.Content.ReadAsStringAsync(waiting.Token).ConfigureAwait(false);
            var answer = Parse(text);
            // An outcome that is no success is still an answer, not a problem.
            if (answer is not null && (response.IsSuccessStatusCode || answer["outcome"] is not null)) return answer;
            var detail = (string?)answer?["detail"] ?? (string?)answer?["title"] ?? "no detail";
            throw CliException.Failure($"{_url} answers {(int)response.StatusCode}: {detail}");
        }
        catch (HttpRequestException fault)
        {
            throw CliException.Failure($"no engine answers at {_url}: {fault.Message}; start one, or name another with --url", fault);
        }
        catch (OperationCanceledException fault) when (!cancellationToken.IsCancellationRequested)
        {
            throw CliException.Failure($"{_url} did not answer within {patience.TotalSeconds:0} s", fault);
        }
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // Something else than an engine answers; the status tells enough.
            return null;
        }
    }
}
