using Azure.Storage.Blobs;

namespace RealtimeInsight.EventHubs.Azure;

/// <summary>Sets poison events aside as blobs, named by their place in the hub: one that is read again takes its own place.</summary>
internal sealed class BlobPoison(BlobContainerClient container, string hub) : IPoisonStore
{
    public async Task KeepAsync(string partition, IReadOnlyList<PoisonEvent> events, CancellationToken cancellationToken)
    {
        foreach (var one in events)
        {
            var blob = container.GetBlobClient($"{hub}/{PoisonDocument.NameOf(partition, one)}");
            await blob.UploadAsync(new BinaryData(PoisonDocument.Of(one).ToJsonString()), overwrite: true, cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
