using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>One life of the process as the senders see it.</summary>
/// <param name="Batches">How many new batches are sent in it at most; what is not acknowledged yet is sent again in any case.</param>
internal sealed class KillRound(Uri address, int batches)
{
    private int _left = batches;

    public Uri Address => address;

    /// <summary>The life after this one.</summary>
    public TaskCompletionSource<KillRound> Next { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool TryTake() => Interlocked.Decrement(ref _left) >= 0;
}

/// <summary>
/// Senders that behave as a Segment SDK does: a batch is sent again, with the same ids, until it is acknowledged, and never after; the next
/// one waits for it.
/// </summary>
internal sealed class KillLoad : IDisposable
{
    public const int Senders = 3;
    public const string WriteKey = "kill-test-write-key";
    private readonly HttpClient _http = new(new SocketsHttpHandler()) { Timeout = TimeSpan.FromMinutes(6) };
    private readonly KillEvents _events;
    private readonly TimeProvider _time;
    private readonly Task[] _running;
    private readonly Lock _gate = new();
    private KillRound _round = new(new Uri("http://127.0.0.1"), 0);
    private int _acks;
    private int _resting;
    private string _lastFault = "none";
    private (int Count, TaskCompletionSource Done)? _wanted;
    private volatile bool _isEnding;

    public KillLoad(KillEvents events, TimeProvider time)
    {
        _events = events;
        _time = time;
        var first = _round;
        _running = [.. Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendAsync(sender, first)))];
    }

    /// <summary>Everything acknowledged, for each sender in its order.</summary>
    public ConcurrentDictionary<int, List<KillBatch>> Acknowledged { get; } = new();

    /// <summary>Batches that had to be sent again.</summary>
    public int Resent { get; private set; }

    /// <summary>Events that the engine knew when they were sent again: committed, and the process died before it could say so.</summary>
    public int Duplicates { get; private set; }

    public void Dispose() => _http.Dispose();

    /// <summary>A process takes events at this address.</summary>
    public void Publish(Uri address, int batches)
    {
        var next = new KillRound(address, batches);
        var before = _round;
        _round = next;
        before.Next.SetResult(next);
    }

    /// <summary>What became of the senders, for the message of a test that waited for them in vain.</summary>
    public string Standing
    {
        get
        {
            lock (_gate)
            {
                return $"{_acks} batches acknowledged in all, {_resting} of {Senders} senders wait for the next life, last request without "
                    + $"an acknowledgement: {_lastFault}";
            }
        }
    }

    /// <summary>Done when that many more batches have been acknowledged.</summary>
    public Task AcksAsync(int more)
    {
        lock (_gate)
        {
            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (more <= 0) source.SetResult();
            _wanted = (_acks + more, source);
            return source.Task;
        }
    }

    /// <summary>Done when that is; fails as soon as a sender does, by what it failed of: nothing would come of it any more.</summary>
    public async Task WhileSendingAsync(Task awaited)
    {
        var first = await Task.WhenAny([awaited, .. _running]);
        await first;
    }

    /// <summary>Sends what is not acknowledged yet, and nothing new; returns when all of it is.</summary>
    public async Task EndAsync(Uri address)
    {
        _isEnding = true;
        Publish(address, 0);
        await Task.WhenAll(_running);
    }

    /// <summary>Sends the same again to another engine, sender by sender at once, each in its order.</summary>
    public async Task RepeatAsync(Uri address) => await Task.WhenAll(Acknowledged.Values.Select(async batches =>
    {
        foreach (var batch in batches)
        {
            var duplicates = await PostAsync(address, batch);
            Assert.Equal(0, duplicates);
        }
    }));

    private async Task SendAsync(int sender, KillRound round)
    {
        var acknowledged = Acknowledged[sender] = [];
        while (!_isEnding)
        {
            if (!round.TryTake())
            {
                round = await NextAsync(round);
                continue;
            }

            var batch = _events.Make(sender, acknowledged.Count, _time.GetUtcNow());
            for (var tries = 0; ; tries++)
            {
                if (await TryPostAsync(round.Address, batch) is { } duplicates)
                {
                    Acknowledge(acknowledged, batch, duplicates, tries);
                    break;
                }

                round = await NextAsync(round);
            }
        }
    }

    private async Task<KillRound> NextAsync(KillRound round)
    {
        lock (_gate) _resting++;
        var next = await round.Next.Task;
        lock (_gate) _resting--;
        return next;
    }

    private void Acknowledge(List<KillBatch> acknowledged, KillBatch batch, int duplicates, int tries)
    {
        lock (_gate)
        {
            acknowledged.Add(batch);
            Duplicates += duplicates;
            Resent += tries > 0 ? 1 : 0;
            _acks++;
            if (_wanted is { } wanted && _acks >= wanted.Count) wanted.Done.TrySetResult();
        }
    }

    /// <summary>Null when nothing is known about the batch: the connection broke, or the engine could not commit.</summary>
    private async Task<int?> TryPostAsync(Uri address, KillBatch batch)
    {
        try
        {
            return await PostAsync(address, batch);
        }
        catch (HttpRequestException fault)
        {
            lock (_gate) _lastFault = fault.Message;
            return null;
        }
    }

    private async Task<int> PostAsync(Uri address, KillBatch batch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, "/v1/batch"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", WriteKey);
        request.Content = new ByteArrayContent(batch.Body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable) throw new HttpRequestException($"not committed: {text}");
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        using var answer = JsonDocument.Parse(text);
        var duplicates = answer.RootElement.GetProperty("duplicates").GetInt32();
        Assert.Equal(batch.Events, answer.RootElement.GetProperty("accepted").GetInt32() + duplicates);
        return duplicates;
    }
}
