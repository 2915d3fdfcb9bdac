namespace RealtimeInsight.Inference.Onnx;

/// <summary>The bound runs of one batch or request, by size, made when first used. Lives in its <c>RunnerState</c>.</summary>
internal sealed class RunCache(OnnxModelRunner owner, int sizes) : IDisposable
{
    private readonly BoundRun?[] _runs = new BoundRun?[sizes];

    public OnnxModelRunner Owner { get; } = owner;

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
