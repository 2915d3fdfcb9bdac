namespace RealtimeInsight.Cli.Bench;

/// <summary>Figures that belong together: one row a point.</summary>
internal sealed class BenchTable(string name, IReadOnlyList<string> columns)
{
    private readonly List<double[]> _rows = [];

    public string Name { get; } = name;

    public IReadOnlyList<string> Columns { get; } = columns;

    public IReadOnlyList<double[]> Rows => _rows;

    public void Add(double[] row)
    {
        if (row.Length != Columns.Count) throw new ArgumentException($"table {Name} has {Columns.Count} columns, the row has {row.Length}");
        _rows.Add(row);
    }
}
