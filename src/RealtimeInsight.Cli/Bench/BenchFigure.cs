namespace RealtimeInsight.Cli.Bench;

/// <summary>One named figure: its values, one a run.</summary>
internal sealed class BenchFigure(string name, string meaning)
{
    private readonly List<double> _values = [];

    public string Name { get; } = name;

    public string Meaning { get; } = meaning;

    public int Runs => _values.Count;

    public double Min => _values.Min();

    public double Max => _values.Max();

    /// <summary>The middle value; the mean of the two middle ones of an even number of runs.</summary>
    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);
}
