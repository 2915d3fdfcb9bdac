using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Storage.Sqlite;

/// <summary>A file or folder that the caller names is missing, or there already where a new one is wanted: nothing was done.</summary>
public sealed class StoreInputException(string message) : StoreException(message);
