namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// Figures of one scenario. A figure that is added once a run has a median and a spread; one that is added once is a fact.
/// </summary>
internal sealed class BenchReport(string scenario)
{
    private readonly List<BenchFigure> _figures = [];
    private readonly List<BenchTable> _tables = [];
    private readonly List<string> _notes = [];

    public string Scenario { get; } = scenario;

    public IReadOnlyList<BenchFigure> Figures => _figures;

    public IReadOnlyList<BenchTable> Tables => _tables;

    /// <summary>What a reader of the figures has to know: what is left out, what the machine did beside.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <param name="name">In snake_case, unit last where it has one.</param>
    /// <param name="value">Of one run.</param>
    /// <param name="meaning">For the table on the terminal; the first one given stays.</param>
    public void Add(string name, double value, string meaning)
    {
        var figure = _figures.Find(known => known.Name == name);
        if (figure is null) _figures.Add(figure = new BenchFigure(name, meaning));
        figure.Add(value);
    }

    /// <summary>The median of a figure that was added before; null when there is none.</summary>
    public double? Median(string name) => _figures.Find(known => known.Name == name)?.Median;

    /// <summary>Adds a row to a table (a curve: one row a point); all rows of a table have the same columns.</summary>
    public void AddRow(string table, params (string Column, double Value)[] cells)
    {
        var known = _tables.Find(other => other.Name == table);
        if (known is null) _tables.Add(known = new BenchTable(table, [.. cells.Select(cell => cell.Column)]));
        known.Add([.. cells.Select(cell => cell.Value)]);
    }

    public void Note(string text) => _notes.Add(text);
}
