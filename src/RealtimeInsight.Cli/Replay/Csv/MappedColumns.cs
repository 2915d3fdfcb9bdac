namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>What a column of a mapped export can mean.</summary>
internal static class MappedColumns
{
    public const string Time = "time";

    /// <summary>Id of a known customer; a line without one belongs to its visitor.</summary>
    public const string Customer = "customer";

    /// <summary>Anonymous id: a cookie, a device, a session.</summary>
    public const string Visitor = "visitor";
    public const string Event = "event";

    /// <summary>The export's own id of the line; without one a line repeated to the letter is the same event.</summary>
    public const string Id = "id";
    public const string Product = "product";
    public const string Name = "name";
    public const string Category = "category";
    public const string Brand = "brand";
    public const string Price = "price";
    public const string Quantity = "quantity";

    /// <summary>Id of the order: lines that share it are one order.</summary>
    public const string Order = "order";

    /// <summary>Total of the order or cart.</summary>
    public const string Value = "value";
    public const string Currency = "currency";
}
