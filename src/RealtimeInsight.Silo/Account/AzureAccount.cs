using Azure;
using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using RealtimeInsight.Host;

namespace RealtimeInsight.Silo;

/// <summary>An Azure Storage account, signed in to by a connection string or the process's identity.</summary>
internal static class AzureAccount
{
    /// <summary>Asks the account for what the silo will use: its tables are made, its container has to be there.</summary>
    /// <exception cref="SetupException">It cannot be used; the message says why and what to do.</exception>
    public static async Task CheckAsync(ClusterNodeOptions options, CancellationToken cancellationToken)
    {
        if (options.Membership == Membership.AzureTable)
        {
            await TableAsync(options, nameof(options.SiloTable), options.SiloTable, cancellationToken).ConfigureAwait(false);
        }

        if (options.Storage == CustomerStorage.AzureTable)
        {
            await TableAsync(options, nameof(options.CustomerTable), options.CustomerTable, cancellationToken).ConfigureAwait(false);
        }

        if (options.Storage != CustomerStorage.AzureBlob) return;
        await RequireAsync(options, nameof(options.CustomerContainer), options.CustomerContainer, async () =>
        {
            var container = Blobs(options).GetBlobContainerClient(options.CustomerContainer);
            return (await container.ExistsAsync(cancellationToken).ConfigureAwait(false)).Value;
        }).ConfigureAwait(false);
    }

    private static Task TableAsync(ClusterNodeOptions options, string setting, string name, CancellationToken cancellationToken) =>
        RequireAsync(options, setting, name, async () =>
        {
            await Tables(options).GetTableClient(name).CreateIfNotExistsAsync(cancellationToken).ConfigureAwait(false);
            return true;
        });

    private static async Task RequireAsync(ClusterNodeOptions options, string setting, string name, Func<Task<bool>> isThere)
    {
        try
        {
            if (!await isThere().ConfigureAwait(false)) throw new SetupException(StorageFault.Of(options, setting, name, 404, "not found"));
        }
        catch (RequestFailedException answer)
        {
            var detail = answer.ErrorCode ?? answer.GetType().Name;
            throw new SetupException(StorageFault.Of(options, setting, name, answer.Status, detail), answer);
        }
        catch (AuthenticationFailedException refused)
        {
            throw new SetupException(StorageFault.Of(options, setting, name, 401, "the identity could not sign in"), refused);
        }
        catch (AggregateException several)
        {
            // What the client throws after its last attempt at an account that does not answer.
            throw new SetupException(StorageFault.Of(options, setting, name, 0, several.InnerExceptions[^1].GetType().Name), several);
        }
    }

    public static TableServiceClient Tables(ClusterNodeOptions options) => Read(() => options.ConnectionString.Length > 0
        ? new TableServiceClient(options.ConnectionString)
        : new TableServiceClient(new Uri(options.TableAddress), Identity()));

    public static BlobServiceClient Blobs(ClusterNodeOptions options) => Read(() => options.ConnectionString.Length > 0
        ? new BlobServiceClient(options.ConnectionString)
        : new BlobServiceClient(new Uri(options.BlobAddress), Identity()));

    private static TokenCredential Identity() => new DefaultAzureCredential();

    private static T Read<T>(Func<T> client)
    {
        try
        {
            return client();
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException)
        {
            throw new SetupException(StorageFault.OfConnectionString(fault.GetType().Name), fault);
        }
    }
}
