namespace RealtimeInsight.Engine.Storage;

/// <summary>A store could not do what was asked; the message says what, where, and what to do.</summary>
public abstract class StoreException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>
/// The store cannot take writes or answer now (disk full, file locked, I/O error). Nothing was committed; trying again may help.
/// </summary>
public sealed class StoreUnavailableException(string message, Exception? innerException = null) : StoreException(message, innerException);

/// <summary>Stored bytes are not what was written.</summary>
public sealed class StoreCorruptException(string source, long offset, string what, Exception? innerException = null)
    : StoreException(
        $"{source}: {what}; the data is damaged: see what can be read with 'insight check', restore a backup with 'insight restore', or "
        + "start with another data directory",
        innerException)
{
    /// <summary>The damage, without the store's name.</summary>
    public string What { get; } = what;

    /// <summary>The store's name: its file.</summary>
    public string StoreName { get; } = source;

    /// <summary>Log offset (or segment number) of the damage; -1 where the file as a whole is meant.</summary>
    public long Offset { get; } = offset;
}

/// <summary>The data was written by a newer version of this program.</summary>
public sealed class StoreVersionException(string source, string what, long found, long known)
    : StoreException(
        $"{source}: {what} is {found}, this program knows up to {known}; start the newer program, or use another data directory")
{
    public long Found { get; } = found;

    public long Known { get; } = known;
}
