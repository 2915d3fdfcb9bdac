using Microsoft.Extensions.Logging;

namespace RealtimeInsight.EventHubs;

/// <summary>
/// Sets poison events aside as files, named by their place in the hub: one that is read again takes its own place. Beyond a number of files
/// further ones are counted in the log and not kept, so that a faulty producer cannot fill the disk.
/// </summary>
public sealed class FilePoison : IPoisonStore
{
    /// <summary>Files in the folder.</summary>
    public const int FilesMax = 10_000;

    private readonly string _folder;
    private readonly ILogger _logger;
    private int _files;

    /// <param name="folder">Made where it is missing.</param>
    public FilePoison(string folder, ILogger<FilePoison> logger)
    {
        (_folder, _logger) = (folder, logger);
        _files = Directory.CreateDirectory(folder).EnumerateFiles("*.json", SearchOption.AllDirectories).Count();
    }

    public async Task KeepAsync(string partition, IReadOnlyList<PoisonEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        foreach (var one in events)
        {
            var path = Path.Combine(_folder, PoisonDocument.NameOf(partition, one));
            if (!File.Exists(path) && Interlocked.Increment(ref _files) > FilesMax)
            {
                HubLog.PoisonNotKept(_logger, one.Item.Code, FilesMax);
                continue;
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, PoisonDocument.Of(one).ToJsonString(), cancellationToken).ConfigureAwait(false);
        }
    }
}
