namespace RealtimeInsight.Domain.Learning;

/// <summary>An item and what followed it; its partners are few, the weakest gives way.</summary>
internal sealed class LiveItem(uint key, string id)
{
    private const int FirstPartners = 4;
    private uint[] _partners = [];
    private double[] _weights = [];

    public uint Key => key;

    public string Id => id;

    /// <summary>How often it was seen, fading.</summary>
    public double Weight { get; set; }

    public int Count { get; private set; }

    public ReadOnlySpan<uint> Partners => _partners.AsSpan(0, Count);

    public ReadOnlySpan<double> Weights => _weights.AsSpan(0, Count);

    public double Total { get; private set; }

    /// <summary>Another item came with it; in the place of the weakest where there is no room and that weighs no more.</summary>
    public void Add(uint partner, double weight, int partnersMax)
    {
        Total += weight;
        var at = Partners.IndexOf(partner);
        if (at >= 0)
        {
            _weights[at] += weight;
            return;
        }

        if (Count < partnersMax)
        {
            if (Count == _partners.Length) Grow(partnersMax);
            (_partners[Count], _weights[Count++]) = (partner, weight);
            return;
        }

        var weakest = 0;
        for (var i = 1; i < Count; i++) weakest = _weights[i] < _weights[weakest] ? i : weakest;
        if (_weights[weakest] <= weight) (_partners[weakest], _weights[weakest]) = (partner, weight);
    }

    public void Scale(double factor)
    {
        Weight *= factor;
        Total *= factor;
        foreach (ref var weight in _weights.AsSpan(0, Count)) weight *= factor;
    }

    public void Restore(double weight, double total, uint[] partners, double[] weights)
    {
        (Weight, Total, Count, _partners, _weights) = (weight, total, partners.Length, partners, weights);
    }

    private void Grow(int partnersMax)
    {
        var size = Math.Min(partnersMax, Math.Max(FirstPartners, Count * 2));
        Array.Resize(ref _partners, size);
        Array.Resize(ref _weights, size);
    }
}
