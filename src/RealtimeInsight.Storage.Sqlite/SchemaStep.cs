namespace RealtimeInsight.Storage.Sqlite;

/// <summary>
/// What brings a store from the version before to <see cref="Version"/>, in one transaction. Steps that have shipped are never changed,
/// reordered or taken out: a file of every earlier version has to come up through them.
/// </summary>
/// <param name="Version">The version after the step; one more than the step before.</param>
/// <param name="Statements">Run in order.</param>
/// <param name="KeepsCopy">
/// The step drops or rewrites what was there: an existing file is copied beside itself before it.
/// </param>
internal sealed record SchemaStep(int Version, string[] Statements, bool KeepsCopy = false);
