using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Onnx;

namespace RealtimeInsight.Cli.Bench.Transformer;

/// <summary>What it would cost to read the session again at every event.</summary>
internal sealed class TransformerScenario : IBenchScenario
{
    private const int Callers = ModelLimit.ReferenceCallers;

    private static readonly int[] s_rows = [1, 16, 64];

    public string Name => "transformer";

    public string Summary =>
        "A transformer that reads the last 64 events of the session again at every event, beside the recurrent step of the shipped model: "
        + "two callers each, by sequences in a run. Bare graphs with filled buffers; the transformer's weights are random.";

    public IReadOnlyList<BenchOption> Options { get; } = [CommonOption.Runs(5), CommonOption.Seconds(0.5)];

    public Task RunAsync(BenchContext context, CancellationToken cancellationToken)
    {
        var (model, parameters) = SessionTransformer.Make();
        using var runner = BenchModel.Load();
        using var graph = new PlainGraph(model);
        var limit = new ModelLimit(runner, context.Time);
        context.Report.Add("tokens", SessionTransformer.Tokens, "events that the transformer reads");
        context.Report.Add("parameters", parameters, "its weights");
        context.Report.Add("model_bytes", model.Length, "its size as a file");
        var measured = s_rows.ToDictionary(static rows => rows, static _ => new List<(double Steps, double Sequences)>());
        for (var run = 0; run <= context.Runs; run++)
        {
            context.RunBegins(run);
            foreach (var rows in s_rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var steps = limit.Measure(Callers, rows, context.RunLength).RowsPerSecond;
                var sequences = Measure(graph, rows, context);
                if (run > 0) measured[rows].Add((steps, sequences));
            }
        }

        Report(context.Report, measured);
        return Task.CompletedTask;
    }

    private static double Measure(PlainGraph graph, int rows, BenchContext context)
    {
        var calls = Enumerable.Range(0, Callers).Select(i => Filled(graph, rows, i)).ToArray();
        try
        {
            foreach (var call in calls) call.Run();
            var counts = new long[Callers];
            var started = context.Time.GetTimestamp();
            var threads = calls.Select((call, i) => new Thread(() =>
            {
                do
                {
                    call.Run();
                    counts[i] += rows;
                }
                while (context.Time.GetElapsedTime(started) < context.RunLength);
            })).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            return counts.Sum() / context.Time.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            foreach (var call in calls) call.Dispose();
        }
    }

    private static PlainGraph.Call Filled(PlainGraph graph, int rows, int seed)
    {
        var call = graph.Bind(
            SessionTransformer.Input, [rows, SessionTransformer.Tokens, ModelContract.TokenFeatures],
            SessionTransformer.Output, [rows, SessionTransformer.Heads]);
        var random = new Random(seed);
        foreach (ref var value in call.Input.AsSpan()) value = random.NextSingle();
        return call;
    }

    private static void Report(BenchReport report, Dictionary<int, List<(double Steps, double Sequences)>> measured)
    {
        foreach (var (steps, sequences) in measured[ModelLimit.ReferenceRows])
        {
            report.Add("steps_per_second", steps, "recurrent steps: events a second, 64 customers in a run");
            report.Add("sequences_per_second", sequences, "sessions read again: events a second, 64 customers in a run");
            report.Add("ratio_to_transformer", steps / sequences, "steps_per_second over sequences_per_second");
        }

        foreach (var (rows, rates) in measured)
        {
            var steps = rates.Select(static rate => rate.Steps).Order().ToArray();
            var sequences = rates.Select(static rate => rate.Sequences).Order().ToArray();
            var ratios = rates.Select(static rate => rate.Steps / rate.Sequences).Order().ToArray();
            report.AddRow(
                "by_rows",
                ("rows", rows),
                ("steps_per_second", steps[steps.Length / 2]),
                ("sequences_per_second", sequences[sequences.Length / 2]),
                ("ratio", ratios[ratios.Length / 2]));
        }
    }
}
