namespace RealtimeInsight.Cli.Decisions;

/// <summary>What was written of one rule.</summary>
internal sealed class RuleTally
{
    private readonly SortedDictionary<string, (long Decisions, long Rewards)> _variants = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, (long Decisions, long Rewards)> Variants => _variants;

    public long Decisions => _variants.Values.Sum(static one => one.Decisions);

    public long Rewards => _variants.Values.Sum(static one => one.Rewards);

    public void Add(string variant, bool isRewarded)
    {
        var (decisions, rewards) = _variants.GetValueOrDefault(variant);
        _variants[variant] = (decisions + 1, rewards + (isRewarded ? 1 : 0));
    }
}
