using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Models;

/// <summary>
/// Where models are managed: a running engine, or its folders while none runs. Each call returns how things are after it.
/// </summary>
public interface IModelDesk : IAsyncDisposable
{
    Task<ModelListing> ListAsync(CancellationToken cancellationToken);

    /// <summary>What the models' scores turned out to be worth; of folders, what was counted when their engine ended, without
    /// drift.</summary>
    /// <exception cref="ModelDeskException">The engine does not say, or the record cannot be read.</exception>
    Task<ModelWatch> WatchAsync(CancellationToken cancellationToken);

    /// <exception cref="ModelDeskException">The version is refused.</exception>
    Task<ModelListing> RegisterAsync(ModelFiles files, CancellationToken cancellationToken);

    /// <exception cref="ModelDeskException">The version is refused, or the change is not possible; nothing has changed.</exception>
    Task<ModelListing> ChangeAsync(ModelChange change, CancellationToken cancellationToken);
}

/// <summary>A change was not made; the message says why and what to do.</summary>
public sealed class ModelDeskException(string message, Exception? innerException = null) : Exception(message, innerException);
