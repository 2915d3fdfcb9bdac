using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The bare step of the shipped model: what no engine around it can exceed.</summary>
internal sealed class OnnxScenario : IBenchScenario
{
    private static readonly int[] s_rows = [1, 4, 16, 64, 128, 256, 1024];
    private static readonly int[] s_callers = [1, 2];
    private static readonly int[] s_padded = [5, 20, 40, 72, 100, 150];
    private const int RoomForPadding = 256;

    public string Name => "onnx";

    public string Summary =>
        "The bare step of the shipped model through IO binding, by rows in a run and callers: the limit. Filled buffers only: no features, "
        + "no state, no calibration.";

    public IReadOnlyList<BenchOption> Options { get; } = [CommonOption.Runs(5), CommonOption.Seconds(0.5)];

    public Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        using var runner = BenchModel.Load();
        var limit = new ModelLimit(runner, context.Time);
        context.Progress("warm-up");
        limit.Reference(context.RunLength);
        var cells = s_callers.SelectMany(static callers => s_rows.Select(rows => (Callers: callers, Rows: rows))).ToArray();
        var measured = cells.ToDictionary(static cell => cell, static _ => new List<LimitRate>());

        // Round by round, so that a slow moment of the machine falls on one run of every cell.
        for (var run = 1; run <= context.Runs; run++)
        {
            context.Progress($"run {run} of {context.Runs}");
            foreach (var cell in cells)
            {
                cancellationToken.ThrowIfCancellationRequested();
                measured[cell].Add(limit.Measure(cell.Callers, cell.Rows, context.RunLength));
            }
        }

        Report(context.Report, measured);
        MeasurePadding(context, runner, limit);
        return Task.CompletedTask;
    }

    /// <summary>What a run of few rows takes, padded to powers of two and to the sizes that a warm-up tries.</summary>
    private static void MeasurePadding(BenchContext context, IModelRunner runner, ModelLimit limit)
    {
        foreach (var rows in s_padded)
        {
            var powers = Fastest(BatchSizes.PowersOfTwo);
            var finer = Fastest(BatchSizes.Candidates(RoomForPadding));
            context.Report.AddRow("padding", ("rows", rows), ("us_per_run_powers_of_two", powers), ("us_per_run", finer));

            double Fastest(BatchSizes sizes)
            {
                runner.PadTo(sizes);
                return rows * Enumerable.Range(0, context.Runs).Min(
                    _ => limit.Measure(1, rows, RoomForPadding, context.RunLength / 4).CpuMicrosecondsPerRow);
            }
        }
    }

    private static void Report(BenchReport report, Dictionary<(int Callers, int Rows), List<LimitRate>> measured)
    {
        foreach (var rate in measured[(ModelLimit.ReferenceCallers, ModelLimit.ReferenceRows)])
        {
            report.Add("steps_per_second", rate.RowsPerSecond, "two callers, 64 rows a run: the rate that ratio_to_limit is taken of");
            report.Add("cpu_us_per_step", rate.CpuMicrosecondsPerRow, "processor time of one step at that size");
        }

        foreach (var (cell, rates) in measured)
        {
            var perSecond = rates.Select(static rate => rate.RowsPerSecond).Order().ToArray();
            var microseconds = rates.Select(static rate => rate.CpuMicrosecondsPerRow).Order().ToArray();
            report.AddRow(
                "steps",
                ("callers", cell.Callers),
                ("rows", cell.Rows),
                ("steps_per_second", perSecond[perSecond.Length / 2]),
                ("steps_per_second_min", perSecond[0]),
                ("steps_per_second_max", perSecond[^1]),
                ("cpu_us_per_step", microseconds[microseconds.Length / 2]));
        }
    }
}
