namespace RealtimeInsight.Host.Demo;

/// <summary>What simulated customers and agents write.</summary>
internal static class ShopVoices
{
    public static readonly IReadOnlyList<string> GoodReviews =
    [
        "Exactly as described, fits well and arrived a day early.",
        "Great quality for the price. I would buy it again.",
        "Love it. The colour is even nicer than in the pictures.",
        "Solid, well made, and the packaging was free of plastic.",
        "Sehr zufrieden, schnelle Lieferung und gute Qualität.",
    ];

    public static readonly IReadOnlyList<string> BadReviews =
    [
        "Broke after two days. Very disappointed.",
        "Looks cheap and the size is wrong.",
        "Arrived late and the box was open.",
        "Not what I ordered, and sending it back took weeks.",
        "Leider defekt angekommen, nie wieder.",
    ];

    public static readonly IReadOnlyList<string> Complaints =
    [
        "My parcel has not arrived and the tracking has not moved for days.",
        "The product came damaged. What can you do about it?",
        "I was charged twice for one order, please check.",
        "You sent the wrong size. How do I return it?",
        "This is the third time I am asking for my refund.",
    ];

    public static readonly IReadOnlyList<string> Answers =
    [
        "We are sorry for the trouble. A replacement leaves our warehouse today.",
        "Thank you for writing. We have asked the carrier and will be back tomorrow.",
        "We have refunded the amount; it takes two to three days to show.",
    ];

    public static readonly IReadOnlyList<string> GoodMentions =
    [
        "Just got my order from this shop, quick and lovely packaging!",
        "Best place for gifts I found this year.",
    ];

    public static readonly IReadOnlyList<string> BadMentions =
    [
        "Two weeks and still no parcel. Not ordering there again.",
        "Their support keeps sending me the same copied answer.",
    ];
}
