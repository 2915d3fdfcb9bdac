namespace RealtimeInsight.Cli.Replay;

/// <summary>One replay as asked for on the command line.</summary>
public sealed record ReplaySettings
{
    public required string Format { get; init; }

    /// <summary>What the columns of an export mean; null for a format that knows its own.</summary>
    public string? Mapping { get; init; }

    /// <summary>A file or a folder.</summary>
    public required string Data { get; init; }

    public ReplaySpeed Speed { get; init; } = ReplaySpeed.Max;

    /// <summary>Most lines to read; null for all.</summary>
    public int? Limit { get; init; }

    /// <summary>End with one line of JSON on the output; the table then goes to the error stream.</summary>
    public bool Json { get; init; }

    /// <summary>Where the engine keeps its log; null for a temporary folder that is removed at the end.</summary>
    public string? DataDir { get; init; }

    /// <summary>Policy file; null for the one that ships.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>Model repository; null for the one that ships.</summary>
    public string? ModelsDir { get; init; }
}
