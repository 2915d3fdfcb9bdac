using Orleans.Clustering.AzureStorage;
using Orleans.Configuration;

namespace RealtimeInsight.Silo;

/// <summary>Membership and customers in an Azure Storage account.</summary>
internal static class AzureCluster
{
    public static void Join(ISiloBuilder silo, ClusterNodeOptions options) =>
        silo.UseAzureStorageClustering((AzureStorageClusteringOptions table) =>
        {
            table.TableServiceClient = AzureAccount.Tables(options);
            table.TableName = options.SiloTable;
        });

    public static void Keep(ISiloBuilder silo, string name, ClusterNodeOptions options)
    {
        if (options.Storage == CustomerStorage.AzureTable)
        {
            silo.AddAzureTableGrainStorage(name, (AzureTableStorageOptions table) =>
            {
                table.TableServiceClient = AzureAccount.Tables(options);
                table.TableName = options.CustomerTable;
            });
            return;
        }

        silo.AddAzureBlobGrainStorage(name, (AzureBlobStorageOptions blobs) =>
        {
            blobs.BlobServiceClient = AzureAccount.Blobs(options);
            blobs.ContainerName = options.CustomerContainer;
        });
    }

    /// <exception cref="SetupException">The account cannot be used; the message says why and what to do.</exception>
    public static Task CheckAsync(ClusterNodeOptions options, CancellationToken cancellationToken) =>
        AzureAccount.CheckAsync(options, cancellationToken);
}
