using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>Recency, frequency and monetary value, and the gaps between orders (mean and variance by Welford's update, 1962).</summary>
public struct OrderHistory
{
    private const int KnownOrdersMax = 4;
    private const decimal MonetaryValueMax = 1_000_000_000_000_000_000_000_000m;

    public int Orders { get; internal set; }
    public int Cancelled { get; internal set; }
    public int Refunded { get; internal set; }

    /// <summary>Sum in <see cref="Currency"/>; refunds are taken off.</summary>
    public decimal MonetaryValue { get; internal set; }

    /// <summary>Currency of the first amount; amounts in another one are counted in <see cref="OtherCurrency"/> and left out.</summary>
    public string? Currency { get; internal set; }
    public int OtherCurrency { get; internal set; }
    public Instant FirstOrderAt { get; internal set; }
    public Instant LastOrderAt { get; internal set; }

    /// <summary>Seconds between orders; meaningful from the second order on.</summary>
    public double GapMeanSeconds { get; internal set; }
    public double GapM2 { get; internal set; }

    /// <summary>Hashes of the last order ids, newest first: a repeated order id counts once.</summary>
    internal ulong[]? KnownOrders { get; set; }

    public readonly double GapVariance => Orders > 2 ? GapM2 / (Orders - 2) : 0d;

    /// <summary>Counts an order once; returns false when its id is one of the last four.</summary>
    internal bool TryCount(ulong orderHash, Instant at)
    {
        if (orderHash != 0)
        {
            KnownOrders ??= new ulong[KnownOrdersMax];
            if (Array.IndexOf(KnownOrders, orderHash) >= 0) return false;
            Array.Copy(KnownOrders, 0, KnownOrders, 1, KnownOrdersMax - 1);
            KnownOrders[0] = orderHash;
        }

        Orders++;
        if (Orders == 1)
        {
            FirstOrderAt = at;
        }
        else
        {
            var gap = (at - LastOrderAt).TotalSeconds;
            var delta = gap - GapMeanSeconds;
            GapMeanSeconds += delta / (Orders - 1);
            GapM2 += delta * (gap - GapMeanSeconds);
        }

        LastOrderAt = at;
        return true;
    }

    internal void AddMoney(decimal amount, string? currency)
    {
        if (amount == 0m) return;
        Currency ??= currency;
        if (currency is not null && !string.Equals(currency, Currency, StringComparison.Ordinal))
        {
            OtherCurrency++;
            return;
        }

        MonetaryValue = Math.Clamp(MonetaryValue + amount, -MonetaryValueMax, MonetaryValueMax);
    }
}
