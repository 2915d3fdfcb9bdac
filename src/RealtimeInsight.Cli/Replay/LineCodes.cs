using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Replay;

/// <summary>Why a recorded line was not accepted: the HTTP intake's codes, and one that only lines have.</summary>
public static class LineCodes
{
    /// <summary>Wrong number of fields, or quotes that do not close on the line.</summary>
    public const string BadLine = "bad_line";
    public const string TooLarge = RejectCodes.TooLarge;

    /// <summary>No customer.</summary>
    public const string MissingId = RejectCodes.MissingId;

    /// <summary>A field that the event needs is empty: its type, product or order.</summary>
    public const string MissingField = RejectCodes.MissingField;

    /// <summary>An identifier that is too long or holds control characters.</summary>
    public const string InvalidId = RejectCodes.InvalidId;
    public const string BadTimestamp = RejectCodes.BadTimestamp;

    /// <summary>A price, quantity or position that is no number or out of its range.</summary>
    public const string InvalidNumber = RejectCodes.InvalidNumber;
    public const string Late = RejectCodes.Late;

    /// <summary>What is stored of the customer is damaged.</summary>
    public const string CustomerUnreadable = RejectCodes.CustomerUnreadable;
}
