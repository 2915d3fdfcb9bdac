using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>
/// Any graph of one float input and one float output over fixed buffers, with the session settings of the product's models: for comparing
/// architectures. Runs of different <see cref="Call"/>s may overlap.
/// </summary>
public sealed class PlainGraph : IDisposable
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();

    /// <param name="graph">An ONNX model.</param>
    public PlainGraph(byte[] graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        using var options = SessionSettings.Create(Accelerator.Cpu, cudaDevice: 0, capturesGraphs: false);
        _session = new InferenceSession(graph, options);
    }

    /// <summary>Binds buffers of these shapes; their lengths are the products of the shapes.</summary>
    /// <exception cref="ArgumentException">The graph has no such input or output.</exception>
    public Call Bind(string input, long[] inputShape, string output, long[] outputShape)
    {
        var isKnown = _session.InputMetadata.ContainsKey(input) && _session.OutputMetadata.ContainsKey(output);
        if (!isKnown) throw new ArgumentException($"the graph has no input '{input}' or no output '{output}'", nameof(input));
        var from = GC.AllocateArray<float>(Length(inputShape), pinned: true);
        var to = GC.AllocateArray<float>(Length(outputShape), pinned: true);
        var run = new BoundRun(_session, _runOptions, isBound: true).Input(input, from, inputShape).Output(output, to, outputShape);
        return new Call(run, from, to);
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private static int Length(long[] shape) => checked((int)shape.Aggregate(1L, static (product, size) => product * size));

    /// <summary>One caller's buffers. Dispose before the graph.</summary>
    public sealed class Call : IDisposable
    {
        private readonly BoundRun _run;

        internal Call(BoundRun run, float[] input, float[] output) => (_run, Input, Output) = (run, input, output);

        public float[] Input { get; }

        public float[] Output { get; }

        /// <summary>Computes the output from the input; allocates nothing.</summary>
        public void Run()
        {
            _run.Run();
            GC.KeepAlive(this);
        }

        public void Dispose() => _run.Dispose();
    }
}
