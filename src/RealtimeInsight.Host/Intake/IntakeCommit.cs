using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Host.Intake;

/// <summary>Hands what was read to the engine and waits for its commit, for as long as the settings allow. Thread-safe.</summary>
internal sealed class IntakeCommit(ICustomerEngine engine, IntakeOptions options, IntakeInstruments instruments, TimeProvider time)
{
    /// <exception cref="OperationCanceledException">
    /// <paramref name="aborted"/> is set, or the commit took longer than <see cref="IntakeOptions.CommitWaitMax"/>.
    /// </exception>
    public async Task<IngestResult> IngestAsync(IngestBatch batch, CancellationToken aborted)
    {
        using var limit = new CancellationTokenSource(options.CommitWaitMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, aborted);
        return await engine.IngestAsync(batch, either.Token).ConfigureAwait(false);
    }

    /// <summary>Keeps a reject; counts it where that cannot be done.</summary>
    public async Task KeepAsync(RejectedItem reject, CancellationToken aborted)
    {
        try
        {
            await IngestAsync(new IngestBatch([], [reject]), aborted).ConfigureAwait(false);
        }
        catch (Exception stop) when (stop is EngineUnavailableException or OperationCanceledException)
        {
            // The sender's mistake has its answer either way; only the list of rejects lacks it.
            instruments.RejectNotKept(reject.Code);
        }
    }
}
