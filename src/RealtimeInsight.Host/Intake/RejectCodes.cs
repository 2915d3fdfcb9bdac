namespace RealtimeInsight.Host.Intake;

/// <summary>
/// The closed set of reasons for which an item or a request is not accepted: the <c>code</c> of an answer, the <c>reason</c> tag of
/// the reject counter and the code under <c>GET /v1/rejects</c>. Never rename one.
/// </summary>
public static class RejectCodes
{
    /// <summary>The body is not UTF-8 JSON, or a string in it is not valid Unicode.</summary>
    public const string InvalidJson = "invalid_json";

    /// <summary>A field has another JSON type than its meaning asks for.</summary>
    public const string WrongType = "wrong_type";

    /// <summary>Neither <c>userId</c> nor <c>anonymousId</c> was sent.</summary>
    public const string MissingId = "missing_id";

    /// <summary>A field that the call or the event needs was not sent.</summary>
    public const string MissingField = "missing_field";

    /// <summary>An event over 32 KB or a request over 500 KB.</summary>
    public const string TooLarge = "too_large";

    /// <summary>More than 2,500 events in a request or 200 products in an event.</summary>
    public const string TooMany = "too_many";

    /// <summary>Over five minutes ahead of the server's clock after the correction by <c>sentAt</c>.</summary>
    public const string FutureTimestamp = "future_timestamp";

    /// <summary>A time that is not ISO 8601, or is before the year 2000.</summary>
    public const string BadTimestamp = "bad_timestamp";

    /// <summary>A price, value, quantity or rating that is not finite, negative or out of its range.</summary>
    public const string InvalidNumber = "invalid_number";

    /// <summary>A currency that ISO 4217 does not list.</summary>
    public const string UnknownCurrency = "unknown_currency";

    /// <summary>An identifier that is blank, too long or holds control characters.</summary>
    public const string InvalidId = "invalid_id";

    /// <summary>
    /// A <c>type</c> that is none of track, identify, page, screen, group and alias, or a content encoding other than gzip.
    /// </summary>
    public const string UnsupportedType = "unsupported_type";

    /// <summary>Older than the engine's allowed lateness.</summary>
    public const string Late = "late";

    /// <summary>What is stored of the event's customer is damaged.</summary>
    public const string CustomerUnreadable = "customer_unreadable";

    /// <summary>No write key, or one that is not configured.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>Not a fault of the data: too many requests in flight or the engine cannot commit now. Send again.</summary>
    public const string Unavailable = "unavailable";

    public static IReadOnlyList<string> All { get; } =
    [
        InvalidJson, WrongType, MissingId, MissingField, TooLarge, TooMany, FutureTimestamp, BadTimestamp, InvalidNumber,
        UnknownCurrency, InvalidId, UnsupportedType, Late, CustomerUnreadable, Unauthorized, Unavailable,
    ];
}
