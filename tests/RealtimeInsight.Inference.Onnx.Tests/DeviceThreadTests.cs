namespace RealtimeInsight.Inference.Onnx.Tests;

public sealed class DeviceThreadTests
{
    [Fact]
    public void Run_FromManyThreads_IsOneAfterTheOtherOnOneThread()
    {
        const int Callers = 4;
        const int Runs = 200;
        var threads = new HashSet<int>();
        var inside = 0;
        var most = 0;
        var runs = 0;

        var callers = Enumerable.Range(0, Callers).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < Runs; i++)
            {
                DeviceThread.Run(() =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    threads.Add(Environment.CurrentManagedThreadId);
                    runs++;
                    Interlocked.Decrement(ref inside);
                });
            }
        })).ToList();
        callers.ForEach(caller => caller.Start());
        callers.ForEach(caller => caller.Join());

        Assert.Single(threads);
        Assert.Equal(1, most);
        Assert.Equal(Callers * Runs, runs);
    }

    [Fact]
    public void Run_WorkThatThrows_ThrowsToItsCallerAndServesTheNext()
    {
        var error = Assert.Throws<InvalidOperationException>(() => DeviceThread.Run(() => throw new InvalidOperationException("first")));
        var ran = false;
        DeviceThread.Run(() => ran = true);

        Assert.Equal("first", error.Message);
        Assert.True(ran);
    }
}
