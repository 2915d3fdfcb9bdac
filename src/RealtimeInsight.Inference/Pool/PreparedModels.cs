namespace RealtimeInsight.Inference.Pool;

/// <summary>
/// Models that are loaded and warm for a plan and do not serve yet. <see cref="Commit"/> puts them to work at one moment and cannot fail;
/// disposed without it, the models before go on as if nothing had been asked.
/// </summary>
public sealed class PreparedModels : IDisposable
{
    private readonly InferencePool _pool;
    private ServingSet? _set;

    internal PreparedModels(InferencePool pool, ServingSet set)
    {
        _pool = pool;
        _set = set;
        Champion = set.Champion.Identity;
    }

    /// <summary>Who scores everybody who is nobody else's after <see cref="Commit"/>.</summary>
    public ModelIdentity Champion { get; }

    public void Commit()
    {
        var set = Interlocked.Exchange(ref _set, null) ?? throw new InvalidOperationException("The models serve already; commit once.");
        _pool.Put(set);
    }

    public void Dispose() => Interlocked.Exchange(ref _set, null)?.Release();
}
