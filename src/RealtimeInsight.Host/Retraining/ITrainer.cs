namespace RealtimeInsight.Host.Retraining;

/// <summary>Trains a version; the program in the settings, another one in tests.</summary>
internal interface ITrainer
{
    /// <summary>Returns when the version lies in <paramref name="folder"/>.</summary>
    /// <exception cref="TrainingFailedException">There is no version; the message says why.</exception>
    /// <exception cref="OperationCanceledException">It was cut off; nothing of it runs any more.</exception>
    Task TrainAsync(string folder, CancellationToken cancellationToken);
}

/// <summary>A training gave no version.</summary>
internal sealed class TrainingFailedException(string message, Exception? innerException = null) : Exception(message, innerException);
