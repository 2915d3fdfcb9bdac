namespace RealtimeInsight.Silo;

/// <summary>Why a storage account cannot be used: what, which value, which rule, what to do. Without the connection string.</summary>
internal static class StorageFault
{
    /// <param name="setting">That names the table or container.</param>
    /// <param name="status">Of the account's answer; 0 when it gave none.</param>
    /// <param name="detail">The account's error code, or the type of an exception.</param>
    public static string Of(ClusterNodeOptions options, string setting, string name, int status, string detail)
    {
        var isTable = setting.EndsWith("Table", StringComparison.Ordinal);
        var what = $"Cluster:{setting} is '{name}'";
        var account = options.ConnectionString.Length > 0 ? "the account of Cluster:ConnectionString"
            : isTable ? options.TableAddress : options.BlobAddress;
        var role = isTable ? "Storage Table Data Contributor" : "Storage Blob Data Contributor";
        return status switch
        {
            404 => $"{what}, and {account} has none of that name ({detail}); create it, or name another",
            401 or 403 when options.ConnectionString.Length > 0 =>
                $"{what}, and {account} refuses its key ({detail}); copy a current one from the account's access keys",
            401 or 403 => $"{what}, and this identity may not write there ({detail}); give it the role {role} on {account}",
            0 => $"{what}, and {account} does not answer ({detail}); check the address and the network",
            _ => $"{what}, and {account} answers {status} ({detail})",
        };
    }

    public static string OfConnectionString(string detail) =>
        $"Cluster:ConnectionString cannot be read as one of a storage account ({detail}); copy one from the account's access keys";
}
