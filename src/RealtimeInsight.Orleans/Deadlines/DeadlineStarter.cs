using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Deadlines;

/// <summary>Keeps the buckets of the deadline index active, from this silo as from every other.</summary>
internal sealed class DeadlineStarter(IGrainFactory grains, CustomerCore core, TimeProvider time) : SiloLoop(time)
{
    protected override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(Enumerable.Range(0, core.Options.DeadlineBuckets)
                .Select(bucket => grains.GetGrain<IDeadlineBucketGrain>(bucket).KeepRunningAsync()))
                .WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // A bucket whose silo has just died answers again when the cluster has noticed.
            GrainLog.BucketUnreachable(core.Logger, Period, exception);
        }
    }
}
