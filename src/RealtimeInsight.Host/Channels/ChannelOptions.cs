namespace RealtimeInsight.Host.Channels;

/// <summary>How an endpoint takes actions.</summary>
public enum ChannelKind
{
    /// <summary>Signed by Standard Webhooks: a CloudEvent in structured mode.</summary>
    Webhook = 0,

    /// <summary>CloudEvents over HTTP, in the mode of <see cref="ChannelOptions.Mode"/>.</summary>
    CloudEvents = 1,

    /// <summary>One line of JSON for each action, each action once.</summary>
    File = 2,
}

/// <summary>How a CloudEvent is put into HTTP.</summary>
public enum CloudEventMode
{
    /// <summary>Attributes and data in one JSON body.</summary>
    Structured = 0,

    /// <summary>Attributes in <c>ce-</c> headers, the data as the body.</summary>
    Binary = 1,

    /// <summary>Several structured events in one JSON array.</summary>
    Batch = 2,
}

/// <summary>
/// One way out for actions; configuration section <c>Channels:NAME</c>, where NAME is what policies write in <c>channel</c>.
/// </summary>
public sealed class ChannelOptions
{
    public const int SecretsMax = 5;
    public const int BatchMaxLimit = 1_000;

    /// <summary>webhook (the default), cloudevents or file.</summary>
    public ChannelKind Kind { get; set; }

    /// <summary>
    /// Target of webhook and cloudevents: <c>https</c>, or <c>http</c> to a host of <see cref="AllowHosts"/>. Empty (the default) for
    /// none.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>
    /// Signing secrets, <c>whsec_</c> and the base64 of 24 to 64 bytes; each adds a signature, so that a receiver can change over. 1 to 5
    /// for a webhook; 0 to 5 for cloudevents, which has the same headers then; none in batch mode.
    /// </summary>
    public IList<string> Secrets { get; init; } = [];

    /// <summary>
    /// Hosts (<c>name</c> or <c>name:port</c>) that may be reached without TLS and on a private address. None by default.
    /// </summary>
    public IList<string> AllowHosts { get; init; } = [];

    /// <summary>Longest time for one attempt, 1 s to 60 s. The default is 15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Of cloudevents: structured (the default), binary or batch.</summary>
    public CloudEventMode Mode { get; set; }

    /// <summary>Bearer token for the receiver, of cloudevents. None by default.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// Most actions of one request (cloudevents in batch mode) or one flush to disk (file), 1 to 1,000. The default is 100.
    /// </summary>
    public int BatchMax { get; set; } = 100;

    /// <summary>Of file: where to, relative to the data folder; empty (the default) for <c>NAME.ndjson</c>.</summary>
    public string Path { get; set; } = "";

    /// <summary>Of file: size at which a new one is begun, 64 KiB to 16 GiB. The default is 64 MiB.</summary>
    public long FileBytesMax { get; set; } = 64L << 20;

    /// <summary>Of file: how many full ones are kept beside the current one, 1 to 10,000; the oldest go. The default is 10.</summary>
    public int FilesMax { get; set; } = 10;

    public bool IsConfigured => Kind == ChannelKind.File || Url.Length > 0;

    /// <summary>What is wrong with the values; empty when all are in range. Secrets are never shown.</summary>
    /// <param name="section">Configuration section, for the messages.</param>
    public static IReadOnlyList<string> Validate(ChannelOptions options, string section)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, $"{section}:Timeout", options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Rules.Range(problems, $"{section}:BatchMax", options.BatchMax, 1, BatchMaxLimit);
        Rules.Range(problems, $"{section}:FileBytesMax", options.FileBytesMax, 64L << 10, 16L << 30);
        Rules.Range(problems, $"{section}:FilesMax", options.FilesMax, 1, 10_000);
        if (!Enum.IsDefined(options.Kind)) problems.Add($"{section}:Kind is {options.Kind}; use webhook, cloudevents or file");
        if (!Enum.IsDefined(options.Mode)) problems.Add($"{section}:Mode is {options.Mode}; use structured, binary or batch");
        if (options.Kind != ChannelKind.File && options.IsConfigured) ValidateTarget(options, section, problems);
        return problems;
    }

    private static void ValidateTarget(ChannelOptions options, string section, List<string> problems)
    {
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
        {
            problems.Add($"{section}:Url is not an absolute http or https address");
        }
        else
        {
            if (target.UserInfo.Length > 0) problems.Add($"{section}:Url holds a user name; leave it out, requests are signed");
            if (target.Scheme == "http" && !WebhookTargets.IsAllowListed(options, target.Host, target.Port))
            {
                problems.Add($"{section}:Url is not https; use https, or add its host to {section}:AllowHosts");
            }
        }

        var isBatch = options is { Kind: ChannelKind.CloudEvents, Mode: CloudEventMode.Batch };
        var (least, most) = options.Kind == ChannelKind.Webhook ? (1, SecretsMax) : (0, isBatch ? 0 : SecretsMax);
        if (options.Secrets.Count < least || options.Secrets.Count > most)
        {
            problems.Add($"{section}:Secrets has {options.Secrets.Count} entries; use {least} to {most}");
        }

        for (var i = 0; i < options.Secrets.Count; i++)
        {
            if (!WebhookSignature.TryReadSecret(options.Secrets[i], out _))
            {
                problems.Add($"{section}:Secrets:{i} is not whsec_ and the base64 of 24 to 64 bytes");
            }
        }

        if (options.Token.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            problems.Add($"{section}:Token has a character that a header cannot carry; use printable ASCII without blanks");
        }
    }
}
