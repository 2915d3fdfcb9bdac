using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The bare step of the shipped model: what no engine around it can exceed.</summary>
internal sealed class OnnxScenario : IBenchScenario
{
    private static readonly int[] s_rows = [1, 4, 16, 64, 128, 256, 1024];
    private static readonly int[] s_callers = [1, 2];
    private static readonly int[] s_padded = [5, 20, 40, 72, 100, 150];
    private static readonly int[] s_deviceRows = [1, 16, 64, 256, 1024, 4096];
    private const int RoomForPadding = 256;

    public string Name => "onnx";

    public string Summary =>
        "The bare step of the shipped model through IO binding, by rows in a run and callers: the limit. Filled buffers only: no features, "
        + "no state, no calibration. Where there is a CUDA device, the same on it, with and without captured graphs.";

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
        MeasureCuda(context, limit, cancellationToken);
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

    /// <summary>One caller on the device beside one on a processor: values are copied there and back within each run.</summary>
    private static void MeasureCuda(BenchContext context, ModelLimit processor, CancellationToken cancellationToken)
    {
        try
        {
            using var plain = BenchModel.LoadOnCuda(capturesGraphs: false);
            using var captured = BenchModel.LoadOnCuda(capturesGraphs: true);
            var (device, graphs) = (new ModelLimit(plain, context.Time), new ModelLimit(captured, context.Time));
            foreach (var rows in s_deviceRows)
            {
                context.Progress($"CUDA, {rows} rows");
                cancellationToken.ThrowIfCancellationRequested();
                var (cpu, cuda, replayed) = (Fastest(processor, rows), Fastest(device, rows), Fastest(graphs, rows));
                context.Report.AddRow(
                    "cuda", ("rows", rows), ("cpu_steps_per_second", cpu), ("steps_per_second", cuda),
                    ("captured_steps_per_second", replayed), ("captured_us_per_run", rows / replayed * 1e6),
                    ("captured_ratio_to_cpu", replayed / cpu));
            }
        }
        catch (BenchUnavailableException missing)
        {
            context.Report.Note($"CUDA is left out. {missing.Message}");
        }

        double Fastest(ModelLimit limit, int rows) =>
            Enumerable.Range(0, context.Runs).Max(_ => limit.Measure(1, rows, context.RunLength / 2).RowsPerSecond);
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
