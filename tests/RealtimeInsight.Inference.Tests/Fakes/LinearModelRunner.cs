using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Tests.Fakes;

/// <summary>
/// A recurrent linear model in memory that keeps to the port: state' = state / 2 + what the event says. <see cref="OnRun"/> lets a
/// test look in, hold a run up, or make it throw; <see cref="Spoil"/> makes outputs that are not finite.
/// </summary>
public sealed class LinearModelRunner(ModelManifest? manifest = null) : IModelRunner
{
    private int _disposals;
    private long _stepRows;

    public ModelManifest Manifest { get; } = manifest ?? TestManifest.Create();

    public Accelerator Accelerator => Accelerator.Cpu;

    /// <summary>Called at the start of each step with its rows, and of each fold with 0.</summary>
    public Action<int>? OnRun { get; set; }

    public bool Spoil { get; set; }

    /// <summary>Added to every fold's state: another fold than the steps'.</summary>
    public float FoldError { get; set; }

    /// <summary>Rows stepped so far.</summary>
    public long StepRows => Volatile.Read(ref _stepRows);

    public bool IsDisposed => Volatile.Read(ref _disposals) > 0;

    /// <summary>What it was told to pad to last; it does not pad.</summary>
    public BatchSizes? PaddedTo { get; private set; }

    public void PadTo(BatchSizes sizes) => PaddedTo = sizes;

    public void Step(ScoreBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.Rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Rows, batch.RowsMax);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        OnRun?.Invoke(batch.Rows);
        Interlocked.Add(ref _stepRows, batch.Rows);
        for (var row = 0; row < batch.Rows; row++)
        {
            Next(batch.TokenRow(row), batch.IdRow(row), batch.StateInRow(row), batch.StateOutRow(row));
            batch.ProfileRow(row)[..ModelContract.ItemQueryWidth].CopyTo(
                batch.ItemQuery.AsSpan(row * ModelContract.ItemQueryWidth, ModelContract.ItemQueryWidth));
            var heads = Heads(batch.StateOutRow(row), batch.ProfileRow(row));
            batch.Churn[row] = heads.Churn;
            batch.Abandonment[row] = heads.Abandonment;
            batch.Purchase[row] = Spoil ? float.NaN : heads.Purchase;
        }
    }

    public void Fold(FoldRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, request.LengthMax);
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        OnRun?.Invoke(0);
        request.StateIn.CopyTo(request.StateOut.AsSpan());
        for (var at = 0; at < request.Length; at++)
        {
            Next(
                request.Tokens.AsSpan(at * ModelContract.TokenFeatures, ModelContract.TokenFeatures),
                request.Ids.AsSpan(at * ModelContract.TokenIds, ModelContract.TokenIds),
                request.StateOut,
                request.StateOut);
        }

        request.StateOut[0] += FoldError;
        request.Scores = Heads(request.StateOut, request.Profile);
        if (Spoil)
        {
            request.StateOut[5] = float.PositiveInfinity;
        }
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private static void Next(ReadOnlySpan<float> token, ReadOnlySpan<long> ids, ReadOnlySpan<float> before, Span<float> after)
    {
        for (var i = 0; i < after.Length; i++)
        {
            after[i] = (before[i] / 2) + (token[i % token.Length] / 4) + (ids[i % ids.Length] / 512f);
        }
    }

    private static HeadScores Heads(ReadOnlySpan<float> state, ReadOnlySpan<float> profile) =>
        new(state[0] + profile[0], state[1] - profile[1], state[2] + profile[2]);
}
