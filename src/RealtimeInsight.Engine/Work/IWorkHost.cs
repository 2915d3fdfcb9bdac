namespace RealtimeInsight.Engine.Work;

/// <summary>Where the engine's work runs.</summary>
internal interface IWorkHost
{
    /// <summary>Most shards that recover beside each other.</summary>
    int RecoveryThreadsMax { get; }

    /// <summary>Steps the work on a thread of its own until it ends; so does the task.</summary>
    Task StartThread(IStepped work);

    /// <summary>Steps the work on the thread pool until it ends; so does the task. For work that waits most of the time.</summary>
    Task StartTask(IStepped work);

    /// <summary>Does something long away from the caller.</summary>
    Task<T> Offload<T>(Func<T> work, CancellationToken cancellationToken);
}
