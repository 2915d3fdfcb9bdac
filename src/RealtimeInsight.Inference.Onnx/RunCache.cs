using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>The bound runs of one batch or request, by size, made when first used. Lives in its <c>RunnerState</c>.</summary>
/// <param name="count">Runs that there is room for.</param>
/// <param name="sizes">Whose indexes name the runs; null where they are lengths.</param>
internal sealed class RunCache(OnnxModelRunner owner, int count, BatchSizes? sizes) : IDisposable
{
    private readonly BoundRun?[] _runs = new BoundRun?[count];

    public OnnxModelRunner Owner { get; } = owner;

    public BatchSizes? Sizes { get; } = sizes;

    public BoundRun? this[int size]
    {
        get => _runs[size];
        set => _runs[size] = value;
    }

    /// <summary>May be called more than once: by the batch's next runner and by this one's end.</summary>
    public void Dispose()
    {
        for (var size = 0; size < _runs.Length; size++)
        {
            Interlocked.Exchange(ref _runs[size], null)?.Dispose();
        }
    }
}
