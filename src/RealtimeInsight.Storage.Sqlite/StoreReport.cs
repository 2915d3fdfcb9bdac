using System.Globalization;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>What a look at every page and every checksum of a store found.</summary>
/// <param name="Path">The file.</param>
/// <param name="Version">Store version of the file.</param>
/// <param name="Records">Log records that can be read and are what was written.</param>
/// <param name="NextOffset">Offset after the newest record.</param>
/// <param name="Checkpoint">Every record below it is included in a saved state.</param>
/// <param name="States">Saved customer states that can be read; a customer may have older ones too.</param>
/// <param name="Damages">What is wrong, with file position or offset; empty for a sound store.</param>
public sealed record StoreReport(
    string Path,
    int Version,
    long Records,
    long NextOffset,
    long Checkpoint,
    long Segments,
    long States,
    long Decisions,
    long ActionsWaiting,
    IReadOnlyList<string> Damages)
{
    public bool IsSound => Damages.Count == 0;

    /// <summary>One line for people.</summary>
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"{Records:#,0} log records up to offset {NextOffset:#,0} and {States:#,0} saved customer states can be read, "
        + $"{Decisions:#,0} decisions, {ActionsWaiting:#,0} actions waiting");
}
