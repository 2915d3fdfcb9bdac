namespace RealtimeInsight.Host;

/// <summary>What the command line of <c>run</c> says; null where it says nothing, so that the environment or the default counts.</summary>
public sealed record HostArguments
{
    /// <summary>See <see cref="HostOptions.Port"/>.</summary>
    public int? Port { get; init; }

    /// <summary>See <see cref="HostOptions.Listen"/>.</summary>
    public string? Listen { get; init; }

    /// <summary>See <see cref="HostOptions.DataDir"/>.</summary>
    public string? DataDir { get; init; }

    /// <summary>See <see cref="HostOptions.Policy"/>.</summary>
    public string? Policy { get; init; }

    /// <summary>See <see cref="HostOptions.Models"/>.</summary>
    public string? Models { get; init; }

    /// <summary>True to start without the simulated shop.</summary>
    public bool NoDemo { get; init; }

    /// <summary>
    /// Further settings by configuration key, such as <c>Intake:WriteKeys:0</c>; they count as given on the command line.
    /// </summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } = new Dictionary<string, string?>();
}
