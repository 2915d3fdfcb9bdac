namespace RealtimeInsight.EventHubs;

/// <summary>
/// Which hub is read and in what steps. Every batch and wait has its limit here; <see cref="Validate"/> holds the bounds.
/// </summary>
public sealed class HubReaderOptions
{
    /// <summary>
    /// Of the Event Hubs namespace; a secret. Empty to sign in with the credential that the composition gives, see
    /// <see cref="Namespace"/>.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Host name such as <c>shop.servicebus.windows.net</c>, where there is no connection string.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>Name of the hub; empty (the default) to read none.</summary>
    public string Hub { get; set; } = "";

    /// <summary>The default is <c>$Default</c>. Each engine that reads on its own needs one of its own.</summary>
    public string ConsumerGroup { get; set; } = "$Default";

    /// <summary>Of the storage account with the checkpoints; a secret. Empty to sign in, see <see cref="CheckpointContainer"/>.</summary>
    public string CheckpointConnectionString { get; set; } = "";

    /// <summary>Name of the blob container, or its whole https address where there is no connection string. It has to exist.</summary>
    public string CheckpointContainer { get; set; } = "";

    /// <summary>
    /// Partitions that the hub has to have, 1 to 2,000; another count stops the start, because keys then lead to other partitions than
    /// before. 0 (the default) takes any.
    /// </summary>
    public int Partitions { get; set; }

    /// <summary>
    /// Of a cluster: the blob container, in the account of the checkpoints, that poison events are set aside in. It has to exist. Empty
    /// (the default) for files in the data folder of the silo that read them.
    /// </summary>
    public string DeadLetterContainer { get; set; } = "";

    /// <summary>Events handed to the engine at once. Default 256; 1 to 10,000.</summary>
    public int BatchEventsMax { get; set; } = 256;

    /// <summary>Events of a partition that wait in memory while a batch is worked on. Default 512; 0 to 20,000.</summary>
    public int PrefetchEventsMax { get; set; } = 512;

    /// <summary>A checkpoint is saved when this many durable events are behind the last one. Default 2,000; 1 to 1,000,000.</summary>
    public int CheckpointEventsMax { get; set; } = 2_000;

    /// <summary>
    /// A checkpoint is saved when the oldest durable event behind the last one is this old. Default 10 s; 100 ms to 10 min.
    /// </summary>
    public TimeSpan CheckpointAgeMax { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait before a batch is offered again to an engine that cannot commit; doubles. Default 1 s; 10 ms to 1 min.</summary>
    public TimeSpan RetryWaitMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest such wait. Default 30 s; at least <see cref="RetryWaitMin"/>, at most 10 min.</summary>
    public TimeSpan RetryWaitMax { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Characters kept of an event that could not be read. Default 32,768; 1,024 to 1,048,576.</summary>
    public int RejectLengthMax { get; set; } = 32_768;

    /// <summary>True where a hub is to be read.</summary>
    public bool IsOn => Hub.Length > 0;

    /// <summary>All violations of the bounds, each naming option, value and rule; secrets are not shown. Empty when valid.</summary>
    public static IReadOnlyList<string> Validate(HubReaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (options.ConnectionString.Length == 0 == (options.Namespace.Length == 0))
        {
            problems.Add("give ConnectionString, or Namespace and a credential; one of the two");
        }

        if (options.ConnectionString.Length > 0 && !options.ConnectionString.Contains("Endpoint=sb://", StringComparison.OrdinalIgnoreCase))
        {
            problems.Add("ConnectionString has no 'Endpoint=sb://'; copy the one of the namespace's shared access policy");
        }

        if (options.Namespace.Contains('/', StringComparison.Ordinal))
        {
            problems.Add($"Namespace is '{options.Namespace}'; give the host name alone, such as shop.servicebus.windows.net");
        }

        Needed(problems, nameof(Hub), options.Hub);
        Needed(problems, nameof(ConsumerGroup), options.ConsumerGroup);
        Needed(problems, nameof(CheckpointContainer), options.CheckpointContainer);
        if (options.CheckpointConnectionString.Length == 0
            && !(Uri.TryCreate(options.CheckpointContainer, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps))
        {
            problems.Add("CheckpointContainer is no https address; give one, or CheckpointConnectionString and the container's name");
        }

        Range(problems, nameof(Partitions), options.Partitions, 0, 2_000);
        Range(problems, nameof(BatchEventsMax), options.BatchEventsMax, 1, 10_000);
        Range(problems, nameof(PrefetchEventsMax), options.PrefetchEventsMax, 0, 20_000);
        Range(problems, nameof(CheckpointEventsMax), options.CheckpointEventsMax, 1, 1_000_000);
        Range(problems, nameof(CheckpointAgeMax), options.CheckpointAgeMax, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        Range(problems, nameof(RetryWaitMin), options.RetryWaitMin, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1));
        Range(problems, nameof(RetryWaitMax), options.RetryWaitMax, options.RetryWaitMin, TimeSpan.FromMinutes(10));
        Range(problems, nameof(RejectLengthMax), options.RejectLengthMax, 1_024, 1_048_576);
        return problems;
    }

    private static void Needed(List<string> problems, string name, string value)
    {
        if (string.IsNullOrWhiteSpace(value)) problems.Add($"{name} is empty; name it");
    }

    private static void Range<T>(List<string> problems, string name, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0) problems.Add($"{name} is {value}; use {least} to {most}");
    }
}
