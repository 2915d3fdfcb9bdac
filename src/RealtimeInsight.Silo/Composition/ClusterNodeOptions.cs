using System.Net;
using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>Where a silo finds the others.</summary>
public enum Membership
{
    /// <summary>All silos on this machine, known to the first one; for development.</summary>
    Localhost = 0,

    /// <summary>A table of an Azure Storage account.</summary>
    AzureTable = 1,
}

/// <summary>Where customers are kept.</summary>
public enum CustomerStorage
{
    /// <summary>In the memory of the silos, lost with them; for development.</summary>
    Memory = 0,

    /// <summary>A table of an Azure Storage account, up to about 900 KB a customer.</summary>
    AzureTable = 1,

    /// <summary>A blob for each customer in a container of an Azure Storage account.</summary>
    AzureBlob = 2,
}

/// <summary>How a silo joins its cluster, and where customers are kept; configuration section <c>Cluster</c>.</summary>
public sealed class ClusterNodeOptions
{
    public const int LabelsMax = 16;
    public const int LabelLengthMax = 64;
    private const int IdLengthMax = 63;

    /// <summary>Where the silo finds the others. The default is localhost.</summary>
    public Membership Membership { get; set; }

    /// <summary>Where customers are kept. The default is memory.</summary>
    public CustomerStorage Storage { get; set; }

    /// <summary>
    /// Name of the service, part of the keys of its customers: never changed. 1 to 63 of a-z, 0-9 and -. The default is realtime-insight.
    /// </summary>
    public string ServiceId { get; set; } = "realtime-insight";

    /// <summary>Silos of one name form one cluster. 1 to 63 of a-z, 0-9 and -. The default is main.</summary>
    public string ClusterId { get; set; } = "main";

    /// <summary>IP address that other silos reach this one at; empty for localhost, and on Kubernetes, which knows it.</summary>
    public string Address { get; set; } = "";

    /// <summary>Port that other silos reach this one at, 1 to 65,535. The default is 11,111.</summary>
    public int SiloPort { get; set; } = 11_111;

    /// <summary>Port for clients of the cluster such as an order service, 1 to 65,535; 0 for none. The default is 30,000.</summary>
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>Of localhost: the first silo's port; 0 (the default) for the first silo itself.</summary>
    public int FirstSiloPort { get; set; }

    /// <summary>True where Kubernetes runs the silo: it tells name and address, and which silos are gone. The default is false.</summary>
    public bool IsOnKubernetes { get; set; }

    /// <summary>Of the storage account; a secret. Empty to sign in with the identity of the process, see the addresses.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>
    /// The account's address of tables, such as <c>https://shop.table.core.windows.net</c>, where there is no connection string.
    /// </summary>
    public string TableAddress { get; set; } = "";

    /// <summary>
    /// The account's address of blobs, such as <c>https://shop.blob.core.windows.net</c>, where there is no connection string.
    /// </summary>
    public string BlobAddress { get; set; } = "";

    /// <summary>Table of the silos, made where it is missing: 3 to 63 letters and digits. The default is RealtimeInsightSilos.</summary>
    public string SiloTable { get; set; } = "RealtimeInsightSilos";

    /// <summary>Table of customers, made where missing: 3 to 63 letters and digits. The default is RealtimeInsightCustomers.</summary>
    public string CustomerTable { get; set; } = "RealtimeInsightCustomers";

    /// <summary>Container of the customers. It has to exist. 3 to 63 of a-z, 0-9 and -. The default is customers.</summary>
    public string CustomerContainer { get; set; } = "customers";

    /// <summary>What other silos know of this one, such as <c>device</c>: <c>gpu</c>. At most 16, of 64 characters. Default none.</summary>
    public IDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    internal bool UsesAzure => Membership == Membership.AzureTable || Storage is CustomerStorage.AzureTable or CustomerStorage.AzureBlob;

    internal bool UsesTables => Membership == Membership.AzureTable || Storage == CustomerStorage.AzureTable;

    internal bool UsesBlobs => Storage == CustomerStorage.AzureBlob;

    /// <summary>What is wrong with the values; empty when all are in range. The connection string is never shown.</summary>
    public static IReadOnlyList<string> Validate(ClusterNodeOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (!Enum.IsDefined(options.Membership)) problems.Add($"Cluster:Membership is {options.Membership}; use localhost or azuretable");
        if (!Enum.IsDefined(options.Storage)) problems.Add($"Cluster:Storage is {options.Storage}; use memory, azuretable or azureblob");
        Named(problems, "Cluster:ServiceId", options.ServiceId, 1, isTable: false);
        Named(problems, "Cluster:ClusterId", options.ClusterId, 1, isTable: false);
        ValidatePorts(problems, options);
        if (options.UsesAzure) ValidateAccount(problems, options);
        if (options.Membership == Membership.AzureTable) Named(problems, "Cluster:SiloTable", options.SiloTable, 3, isTable: true);
        var isInTable = options.Storage == CustomerStorage.AzureTable;
        if (isInTable) Named(problems, "Cluster:CustomerTable", options.CustomerTable, 3, isTable: true);
        if (options.UsesBlobs) Named(problems, "Cluster:CustomerContainer", options.CustomerContainer, 3, isTable: false);
        if (options.Labels.Count > LabelsMax) problems.Add($"Cluster:Labels has {options.Labels.Count} entries; use at most {LabelsMax}");
        foreach (var (name, value) in options.Labels)
        {
            if (name.Length > LabelLengthMax || value is not { Length: > 0 and <= LabelLengthMax })
            {
                problems.Add($"Cluster:Labels:{name} has a value of {value?.Length ?? 0} characters; use 1 to {LabelLengthMax}");
            }
        }

        return problems;
    }

    private static void ValidatePorts(List<string> problems, ClusterNodeOptions options)
    {
        Rules.Range(problems, "Cluster:SiloPort", options.SiloPort, 1, 65_535);
        Rules.Range(problems, "Cluster:GatewayPort", options.GatewayPort, 0, 65_535);
        Rules.Range(problems, "Cluster:FirstSiloPort", options.FirstSiloPort, 0, 65_535);
        if (options.SiloPort == options.GatewayPort)
        {
            problems.Add($"Cluster:SiloPort and Cluster:GatewayPort are both {options.SiloPort}; use two ports");
        }

        if (options.Membership == Membership.Localhost)
        {
            if (options.Address.Length > 0)
            {
                problems.Add($"Cluster:Address is '{options.Address}', and silos of localhost are on this machine; leave it out");
            }

            if (options.IsOnKubernetes) problems.Add("Cluster:IsOnKubernetes is true with localhost; set Cluster:Membership to azuretable");
            return;
        }

        if (options.FirstSiloPort != 0)
        {
            problems.Add($"Cluster:FirstSiloPort is {options.FirstSiloPort}, which counts for localhost alone; leave it out");
        }

        if (options.IsOnKubernetes) return;
        if (!IPAddress.TryParse(options.Address, out var address) || IPAddress.Any.Equals(address))
        {
            problems.Add($"Cluster:Address is '{options.Address}'; give the IP address that other silos reach this one at");
        }
    }

    private static void ValidateAccount(List<string> problems, ClusterNodeOptions options)
    {
        if (options.ConnectionString.Length > 0)
        {
            if (options.TableAddress.Length + options.BlobAddress.Length > 0)
            {
                problems.Add("Cluster:ConnectionString is given beside Cluster:TableAddress or Cluster:BlobAddress; give one of the two");
            }

            if (!IsConnectionString(options.ConnectionString))
            {
                problems.Add("Cluster:ConnectionString is none of a storage account: it has no AccountName with AccountKey or "
                    + "SharedAccessSignature; copy one from the account's access keys");
            }

            return;
        }

        if (options.UsesTables) RequireAddress(problems, "Cluster:TableAddress", options.TableAddress);
        if (options.UsesBlobs) RequireAddress(problems, "Cluster:BlobAddress", options.BlobAddress);
    }

    private static bool IsConnectionString(string text)
    {
        var names = text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(static part => part.Split('=', 2)[0]).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return names.Contains("UseDevelopmentStorage") || names.Contains("SharedAccessSignature")
            || (names.Contains("AccountName") && names.Contains("AccountKey"));
    }

    private static void RequireAddress(List<string> problems, string name, string value)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Query.Length == 0) return;
        problems.Add($"{name} is no https address without a query; give the account's, or Cluster:ConnectionString");
    }

    private static void Named(List<string> problems, string name, string value, int least, bool isTable)
    {
        var isRight = value.Length >= least && value.Length <= IdLengthMax && value.All(one => char.IsAsciiDigit(one)
            || (isTable ? char.IsAsciiLetter(one) : char.IsAsciiLetterLower(one) || one == '-'));
        if (isRight && !char.IsAsciiDigit(value[0]) && value[0] != '-') return;
        problems.Add($"{name} is '{(value.Length > IdLengthMax ? value[..IdLengthMax] : value)}'; use {least} to {IdLengthMax} of "
            + $"{(isTable ? "letters and digits" : "a-z, 0-9 and -")}, beginning with a letter");
    }
}
