namespace RealtimeInsight.Storage.Sqlite;

/// <summary>Settings of the SQLite store.</summary>
public sealed class SqliteStoreOptions
{
    public const int RejectsMaxDefault = 100_000;
    public const int WalPagesDefault = 1_000;

    /// <summary>
    /// Folder of the data; made when it is missing. The store keeps <c>engine.db</c>, its WAL and <c>engine.lock</c> there.
    /// </summary>
    public string DataDirectory { get; set; } = "data";

    /// <summary>Rejects kept; the oldest go first. Default 100,000; 100 to 10,000,000.</summary>
    public int RejectsMax { get; set; } = RejectsMaxDefault;

    /// <summary>How long a reject is kept at most, by the time of the newest. Default 30 days; 1 hour to 3,650 days.</summary>
    public TimeSpan RejectsKept { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Pages of 8 KiB in the write-ahead log after which it is folded into the file. Default 4,000; 100 to 1,000,000.</summary>
    public int WalPages { get; set; } = WalPagesDefault;

    /// <summary>How long a statement waits for a lock of another process. Default 5 seconds; 0 to 60 seconds.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>All violations of the limits above, each naming option, value and rule; empty when valid.</summary>
    public static IReadOnlyList<string> Validate(SqliteStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        if (string.IsNullOrWhiteSpace(options.DataDirectory)) problems.Add("DataDirectory is empty; name a folder");
        if (options.RejectsMax is < 100 or > 10_000_000) problems.Add($"RejectsMax is {options.RejectsMax}, 100 to 10000000 is allowed");
        if (options.RejectsKept < TimeSpan.FromHours(1) || options.RejectsKept > TimeSpan.FromDays(3650))
        {
            problems.Add($"RejectsKept is {options.RejectsKept}, 01:00:00 to 3650.00:00:00 is allowed");
        }

        if (options.WalPages is < 100 or > 1_000_000) problems.Add($"WalPages is {options.WalPages}, 100 to 1000000 is allowed");
        if (options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > TimeSpan.FromSeconds(60))
        {
            problems.Add($"BusyTimeout is {options.BusyTimeout}, 00:00:00 to 00:01:00 is allowed");
        }

        return problems;
    }
}
