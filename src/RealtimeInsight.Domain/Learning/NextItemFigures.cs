namespace RealtimeInsight.Domain.Learning;

/// <summary>How lists of 20 did that were recommended before the customer's next item.</summary>
/// <param name="Judged">Lists.</param>
/// <param name="Hits">Those that the next item was on.</param>
/// <param name="ReciprocalSum">Sum of 1 / rank of the next item, 0 for one that was not on the list.</param>
public readonly record struct NextItemFigures(long Judged, long Hits, double ReciprocalSum)
{
    public static NextItemFigures None => default;

    /// <summary>HR@20; null before the first.</summary>
    public double? HitRate => Judged == 0 ? null : Hits / (double)Judged;

    /// <summary>MRR@20; null before the first.</summary>
    public double? MeanReciprocalRank => Judged == 0 ? null : ReciprocalSum / Judged;

    /// <param name="rank">From 1 on; 0 for an item that was not on the list.</param>
    public NextItemFigures With(int rank) => rank == 0
        ? this with { Judged = Judged + 1 }
        : new NextItemFigures(Judged + 1, Hits + 1, ReciprocalSum + (1.0 / rank));
}
