namespace RealtimeInsight.Storage.Sqlite;

/// <summary>The way of a store from an empty file to <see cref="Latest"/>. A new step goes at the end, with the next number.</summary>
internal static class SchemaSteps
{
    public static readonly SchemaStep[] All =
    [
        new(1, SqliteSchema.Tables),
        new(2, DeliverySchema.Step),
        new(3, SqliteSchema.StateTables),
        new(4, RetentionSchema.Step),
        new(5, ErasureSchema.Step),
    ];

    /// <summary>Kept in the file as its user_version; a program that knows less refuses the file.</summary>
    public static int Latest => All[^1].Version;
}
