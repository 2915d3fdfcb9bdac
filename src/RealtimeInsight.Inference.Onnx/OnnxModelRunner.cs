using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// One model version on ONNX Runtime: a session a graph, each with one thread of its own, shared by all callers. Runs are padded up to the
/// sizes of <see cref="BatchSizes"/> and use buffers bound once a size; in the steady state a run on the CPU allocates nothing.
/// </summary>
public sealed class OnnxModelRunner : IModelRunner
{
    /// <summary>Longest sequence whose binding is kept with its request; a longer one is rare, and bound anew.</summary>
    private const int KeptLengthMax = 64;

    private readonly InferenceSession _step;
    private readonly InferenceSession _fold;
    private readonly FixedRuns? _fixedSteps;
    private readonly RunOptions _runOptions = new();

    // Weak, so that a batch that its owner has dropped can be collected; what is still alive is released before the sessions.
    private readonly Lock _gate = new();
    private List<WeakReference<RunCache>> _caches = [];
    private int _cachesToPrune = 64;
    private bool _isDisposed;
    private volatile BatchSizes _sizes = BatchSizes.PowersOfTwo;

    /// <param name="fixedSteps">Of the step's session, whose runs go through it; then one thread at a time may step.</param>
    internal OnnxModelRunner(
        ModelManifest manifest, Accelerator accelerator, InferenceSession step, InferenceSession fold, FixedRuns? fixedSteps)
    {
        Manifest = manifest;
        Accelerator = accelerator;
        _step = step;
        _fold = fold;
        _fixedSteps = fixedSteps;
    }

    public ModelManifest Manifest { get; }

    public Accelerator Accelerator { get; }

    public void PadTo(BatchSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(sizes);
        _sizes = sizes;
        _fixedSteps?.KeepOnly(sizes);
    }

    public void Step(ScoreBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch.Rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Rows, batch.RowsMax);
        var sizes = _sizes;
        if (batch.RunnerState is not RunCache cache || cache.Owner != this || cache.Sizes != sizes)
        {
            batch.RunnerState?.Dispose();
            batch.RunnerState = cache = NewCache(sizes.Count(batch.RowsMax), sizes);
        }

        var index = sizes.IndexOf(batch.Rows);
        var size = sizes.At(index, batch.RowsMax);
        var run = cache[index] ??= BindStep(batch, size);
        ClearPadding(batch, size);
        if (_fixedSteps is null)
        {
            run.Run();
        }
        else
        {
            _fixedSteps.For(run, size).Run(run);
        }

        GC.KeepAlive(batch);
    }

    public void Fold(FoldRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(request.Length, request.LengthMax);
        if (request.RunnerState is not FoldState state || state.Cache.Owner != this)
        {
            request.RunnerState?.Dispose();
            request.RunnerState = state = new FoldState(NewCache(Math.Min(request.LengthMax, KeptLengthMax) + 1));
        }

        state.Length[0] = request.Length;
        if (request.Length <= KeptLengthMax)
        {
            (state.Cache[request.Length] ??= BindFold(request, state)).Run();
        }
        else
        {
            using var run = BindFold(request, state);
            run.Run();
        }

        request.Scores = new HeadScores(state.Heads[0][0], state.Heads[1][0], state.Heads[2][0]);
        GC.KeepAlive(request);
    }

    /// <summary>To be called when no run is under way; bindings of batches that are still alive are released with it.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            foreach (var reference in _caches)
            {
                if (reference.TryGetTarget(out var cache))
                {
                    cache.Dispose();
                }
            }

            _caches.Clear();
        }

        _fixedSteps?.Dispose();
        _step.Dispose();
        _fold.Dispose();
        _runOptions.Dispose();
    }

    private BoundRun BindStep(ScoreBatch batch, int rows) => new BoundRun(
            _step, _runOptions, isBound: Accelerator == Accelerator.Cpu && _fixedSteps is null)
        .Input(GraphContract.Tokens, batch.Tokens, rows, 1, ModelContract.TokenFeatures)
        .Input(GraphContract.Ids, batch.Ids, rows, 1, ModelContract.TokenIds)
        .Input(GraphContract.Profile, batch.Profile, rows, ModelContract.ProfileFeatures)
        .Input(GraphContract.StateIn, batch.StateIn, rows, ModelContract.StateWidth)
        .Output(GraphContract.StateOut, batch.StateOut, rows, ModelContract.StateWidth)
        .Output(ModelHeads.Churn, batch.Churn, rows, 1)
        .Output(ModelHeads.Abandonment, batch.Abandonment, rows, 1)
        .Output(ModelHeads.Purchase, batch.Purchase, rows, 1)
        .Output(GraphContract.ItemQuery, batch.ItemQuery, rows, ModelContract.ItemQueryWidth);

    private BoundRun BindFold(FoldRequest request, FoldState state) => new BoundRun(
            _fold, _runOptions, isBound: Accelerator == Accelerator.Cpu)
        .Input(GraphContract.Tokens, request.Tokens, 1, request.Length, ModelContract.TokenFeatures)
        .Input(GraphContract.Ids, request.Ids, 1, request.Length, ModelContract.TokenIds)
        .Input(GraphContract.Length, state.Length, 1)
        .Input(GraphContract.Profile, request.Profile, 1, ModelContract.ProfileFeatures)
        .Input(GraphContract.StateIn, request.StateIn, 1, ModelContract.StateWidth)
        .Output(GraphContract.StateOut, request.StateOut, 1, ModelContract.StateWidth)
        .Output(ModelHeads.Churn, state.Heads[0], 1, 1)
        .Output(ModelHeads.Abandonment, state.Heads[1], 1, 1)
        .Output(ModelHeads.Purchase, state.Heads[2], 1, 1)
        .Output(GraphContract.ItemQuery, state.ItemQuery, 1, ModelContract.ItemQueryWidth);

    private RunCache NewCache(int count, BatchSizes? sizes = null)
    {
        var cache = new RunCache(this, count, sizes);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_caches.Count >= _cachesToPrune)
            {
                _caches = _caches.FindAll(reference => reference.TryGetTarget(out _));
                _cachesToPrune = Math.Max(64, _caches.Count * 2);
            }

            _caches.Add(new WeakReference<RunCache>(cache));
        }

        return cache;
    }

    /// <summary>An id that was left behind by an earlier, larger batch could be one that the graph fails on.</summary>
    private static void ClearPadding(ScoreBatch batch, int size)
    {
        var rows = batch.Rows;
        if (rows < size)
        {
            batch.Tokens.AsSpan(rows * ModelContract.TokenFeatures, (size - rows) * ModelContract.TokenFeatures).Clear();
            batch.Ids.AsSpan(rows * ModelContract.TokenIds, (size - rows) * ModelContract.TokenIds).Clear();
            batch.Profile.AsSpan(rows * ModelContract.ProfileFeatures, (size - rows) * ModelContract.ProfileFeatures).Clear();
            batch.StateIn.AsSpan(rows * ModelContract.StateWidth, (size - rows) * ModelContract.StateWidth).Clear();
        }
    }

    /// <summary>The buffers that a fold needs beside the request's own, with its bound runs.</summary>
    private sealed class FoldState(RunCache cache) : IDisposable
    {
        public RunCache Cache { get; } = cache;

        public long[] Length { get; } = GC.AllocateArray<long>(1, pinned: true);

        public float[][] Heads { get; } =
            [GC.AllocateArray<float>(1, pinned: true), GC.AllocateArray<float>(1, pinned: true), GC.AllocateArray<float>(1, pinned: true)];

        public float[] ItemQuery { get; } = GC.AllocateArray<float>(ModelContract.ItemQueryWidth, pinned: true);

        public void Dispose() => Cache.Dispose();
    }
}
