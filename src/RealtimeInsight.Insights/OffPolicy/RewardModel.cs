namespace RealtimeInsight.Insights.OffPolicy;

/// <summary>Mean reward by action and by position, each drawn towards the overall mean by its number of cases.</summary>
internal sealed class RewardModel
{
    private readonly double _mean;
    private readonly Dictionary<int, double> _byAction;
    private readonly Dictionary<int, double> _byPosition;

    private RewardModel(double mean, Dictionary<int, double> byAction, Dictionary<int, double> byPosition)
    {
        _mean = mean;
        _byAction = byAction;
        _byPosition = byPosition;
    }

    public static RewardModel Fit(IEnumerable<LoggedAction> log, double priorCases)
    {
        var cases = log.ToList();
        var mean = cases.Count == 0 ? 0 : cases.Average(logged => logged.Reward);
        Dictionary<int, double> Shrunken(Func<LoggedAction, int> key) => cases
            .GroupBy(key)
            .ToDictionary(
                group => group.Key,
                group => (group.Sum(logged => logged.Reward) + (priorCases * mean)) / (group.Count() + priorCases));
        return new RewardModel(mean, Shrunken(logged => logged.Action), Shrunken(logged => logged.Position));
    }

    public double Predict(int action, int position)
    {
        if (_mean <= 0) return 0;
        var byAction = _byAction.GetValueOrDefault(action, _mean);
        var byPosition = _byPosition.GetValueOrDefault(position, _mean);
        return byAction * byPosition / _mean;
    }
}
