namespace RealtimeInsight.Host.Channels;

/// <summary>Where actions are posted, and how they are signed; configuration section <c>Channels:Webhook</c>.</summary>
public sealed class WebhookOptions
{
    public const int SecretsMax = 5;

    /// <summary>Target, <c>https</c>, or <c>http</c> to a host of <see cref="AllowHosts"/>. Empty (the default) for no webhook.</summary>
    public string Url { get; set; } = "";

    /// <summary>
    /// Signing secrets, <c>whsec_</c> and the base64 of 24 to 64 bytes; each adds a signature, so that a receiver can change over. 1 to 5
    /// where a target is set.
    /// </summary>
    public IList<string> Secrets { get; init; } = [];

    /// <summary>
    /// Hosts (<c>name</c> or <c>name:port</c>) that may be reached without TLS and on a private address. None by default.
    /// </summary>
    public IList<string> AllowHosts { get; init; } = [];

    /// <summary>Longest time for one attempt, 1 s to 60 s. The default is 15 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    public bool IsConfigured => Url.Length > 0;

    /// <summary>What is wrong with the values; empty when all are in range. Secrets are never shown.</summary>
    public static IReadOnlyList<string> Validate(WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, "Channels:Webhook:Timeout", options.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        if (!options.IsConfigured) return problems;
        if (!Uri.TryCreate(options.Url, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https"))
        {
            problems.Add("Channels:Webhook:Url is not an absolute http or https address");
        }
        else
        {
            if (target.UserInfo.Length > 0) problems.Add("Channels:Webhook:Url holds a user name; leave it out, requests are signed");
            if (target.Scheme == "http" && !WebhookTargets.IsAllowListed(options, target.Host, target.Port))
            {
                problems.Add("Channels:Webhook:Url is not https; use https, or add its host to Channels:Webhook:AllowHosts");
            }
        }

        if (options.Secrets.Count is 0 or > SecretsMax)
        {
            problems.Add($"Channels:Webhook:Secrets has {options.Secrets.Count} entries; use 1 to {SecretsMax}");
        }

        for (var i = 0; i < options.Secrets.Count; i++)
        {
            if (!WebhookSignature.TryReadSecret(options.Secrets[i], out _))
            {
                problems.Add($"Channels:Webhook:Secrets:{i} is not whsec_ and the base64 of 24 to 64 bytes");
            }
        }

        return problems;
    }
}
