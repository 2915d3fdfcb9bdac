namespace RealtimeInsight.Orleans.Tests.Cluster;

/// <summary>One write for all who wait.</summary>
public sealed class SharedWritesTests
{
    [Fact]
    public async Task Save_StorageAnswersAtOnce_StoresEveryChange()
    {
        var (writes, stored) = (new SharedWrites(), 0);
        for (var i = 1; i <= 3; i++)
        {
            writes.Changed();
            await writes.SaveAsync(() =>
            {
                stored++;
                return Task.CompletedTask;
            });
            Assert.Equal(i, stored);
        }

        await writes.SaveAsync(static () => throw new InvalidOperationException("nothing has changed"));
    }

    [Fact]
    public async Task Save_StorageFailsAtOnce_TriesAgainWhenAskedAgain()
    {
        var writes = new SharedWrites();
        writes.Changed();
        await Assert.ThrowsAsync<IOException>(() => writes.SaveAsync(static () => throw new IOException("no")));

        var stored = 0;
        await writes.SaveAsync(() =>
        {
            stored++;
            return Task.CompletedTask;
        });
        Assert.Equal(1, stored);
    }

    [Fact]
    public async Task Save_ManyDuringOneWrite_ShareTheNext()
    {
        // One turn at a time, as in a grain.
        var turns = new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler;
        await Task.Factory.StartNew(ShareAsync, CancellationToken.None, TaskCreationOptions.None, turns).Unwrap();
    }

    private static async Task ShareAsync()
    {
        TaskCompletionSource[] ends = [new(), new()];
        var (writes, begun) = (new SharedWrites(), 0);
        Task WriteAsync() => ends[begun++].Task;
        var waiting = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            writes.Changed();
            waiting.Add(writes.SaveAsync(WriteAsync));
        }

        ends[0].SetResult();
        await waiting[0];
        Assert.All(waiting[1..], static one => Assert.False(one.IsCompleted, "these came after the first write had begun"));
        ends[1].SetResult();
        await Task.WhenAll(waiting);
        Assert.Equal(2, begun);
    }
}
