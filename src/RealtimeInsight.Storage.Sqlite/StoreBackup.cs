using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Backups of a data folder, as single store files, and the way back. Each is read in full before it counts.</summary>
public static class StoreBackup
{
    private const string PartialSuffix = ".partial";

    /// <summary>
    /// Copies the store of a data folder into one file, of an engine that runs or of one that does not. The file appears under its name
    /// only when it is complete, verified and on the disk.
    /// </summary>
    /// <exception cref="StoreInputException">There is no store, or the file exists already.</exception>
    /// <exception cref="StoreException">The store is damaged, or the file cannot be written.</exception>
    public static StoreReport Write(string dataDirectory, string file, Action<CopyProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        var source = SqliteStore.PathIn(dataDirectory);
        var target = Path.GetFullPath(file);
        if (!File.Exists(source)) throw new StoreInputException($"{source}: there is no store; name the data folder of an engine");
        if (File.Exists(target)) throw new StoreInputException($"{target} exists already; name a new file");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        var partial = target + PartialSuffix;
        File.Delete(partial);
        var report = Verified(source, partial, "the backup is not kept", progress, cancellationToken);
        File.Move(partial, target);
        return report with { Path = target };
    }

    /// <summary>
    /// Puts a store file in the place of a data folder's store. Everything is verified first; what was there is moved to
    /// <paramref name="aside"/>. Nothing may be running on the folder.
    /// </summary>
    /// <param name="aside">Folder for what was there, made in the data folder; used only with <paramref name="replaces"/>.</param>
    /// <param name="replaces">False refuses a folder that holds anything but lock files.</param>
    /// <exception cref="StoreInputException">There is no such file, or the folder is not empty; the folder is as before.</exception>
    /// <exception cref="StoreException">
    /// The file is damaged or of a newer version, or the folder is in use; the folder is as before.
    /// </exception>
    public static StoreReport Restore(
        string file, string dataDirectory, bool replaces, string aside, Action<CopyProgress> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(progress);
        StoreCheck.Require(file);
        var path = SqliteStore.PathIn(dataDirectory);
        using var held = DirectoryLock.Take(Path.GetDirectoryName(path)!);
        if (!replaces && Occupant(path) is { } occupant)
        {
            throw new StoreInputException(
                $"{Path.GetDirectoryName(path)} is not empty (it holds {occupant}); name an empty folder, or use --force to move aside "
                + "what is there");
        }

        Sound(StoreCheck.Run(file, cancellationToken), "nothing was replaced");
        var incoming = path + SqliteStore.IncomingSuffix;
        File.Delete(incoming);
        var partial = path + PartialSuffix;
        File.Delete(partial);
        var report = Verified(file, partial, "nothing was replaced", progress, cancellationToken);

        // From here on an engine refuses to start until the restore is finished, by this run or by one more.
        File.Move(partial, incoming);
        MoveAside(path, aside);
        held.Forget();
        File.Move(incoming, path);
        return report with { Path = path };
    }

    /// <summary>A copy that has been read back; none is left where that fails.</summary>
    private static StoreReport Verified(
        string source, string copy, string consequence, Action<CopyProgress> progress, CancellationToken cancellationToken)
    {
        StoreCopy.Write(source, copy, progress, cancellationToken);
        try
        {
            return Sound(StoreCheck.Run(copy, cancellationToken), consequence);
        }
        catch
        {
            File.Delete(copy);
            throw;
        }
    }

    private static StoreReport Sound(StoreReport report, string consequence) => report.IsSound
        ? report
        : throw new StoreCorruptException(report.Path, -1, $"{consequence}: {report.Damages[0]}; {report.Summary}");

    private static string? Occupant(string path) => Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(path)!)
        .Select(static entry => Path.GetFileName(entry))
        .FirstOrDefault(static name => !name.EndsWith(".lock", StringComparison.Ordinal));

    private static void MoveAside(string path, string aside)
    {
        string[] parts = [path, path + "-wal", path + "-shm"];
        if (!parts.Any(File.Exists)) return;
        Directory.CreateDirectory(aside);
        foreach (var part in parts.Where(File.Exists)) File.Move(part, Path.Combine(aside, Path.GetFileName(part)), overwrite: true);
    }
}
