namespace RealtimeInsight.Cli.Replay;

/// <summary>Why a recorded line was not accepted; the same words as the HTTP intake where both can meet the fault.</summary>
public static class LineCodes
{
    /// <summary>Wrong number of fields, or quotes that do not close on the line.</summary>
    public const string BadLine = "bad_line";
    public const string TooLarge = "too_large";

    /// <summary>No customer.</summary>
    public const string MissingId = "missing_id";

    /// <summary>A field that the event needs is empty: its type, product or order.</summary>
    public const string MissingField = "missing_field";

    /// <summary>An identifier that is too long or holds control characters.</summary>
    public const string InvalidId = "invalid_id";
    public const string BadTimestamp = "bad_timestamp";

    /// <summary>A price, quantity or position that is no number or out of its range.</summary>
    public const string InvalidNumber = "invalid_number";
}
