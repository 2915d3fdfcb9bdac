namespace RealtimeInsight.Cli.Tests.Readme;

/// <summary>Reads the host's live stream from the moment it is opened.</summary>
internal sealed class LiveReader : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly StreamReader _stream;

    private LiveReader(HttpClient client, StreamReader stream)
    {
        _client = client;
        _stream = stream;
    }

    /// <summary>Opens the stream; nothing that happens after this is missed.</summary>
    public static async Task<LiveReader> OpenAsync(string address)
    {
        var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var stream = new StreamReader(await client.GetStreamAsync(new Uri($"{address}/v1/live")));
        await stream.ReadLineAsync();
        return new LiveReader(client, stream);
    }

    /// <summary>Reads on until a notice holds all the words.</summary>
    public async Task WaitForAsync(params string[] words)
    {
        while (await _stream.ReadLineAsync() is { } line)
        {
            if (words.All(word => line.Contains($"\"{word}\"", StringComparison.Ordinal))) return;
        }

        throw new InvalidOperationException($"the live stream ended before a notice with {string.Join(", ", words)}");
    }

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}
