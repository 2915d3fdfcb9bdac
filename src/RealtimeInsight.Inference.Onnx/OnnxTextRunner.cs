using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Text;

namespace RealtimeInsight.Inference.Onnx;

/// <summary>A text model on ONNX Runtime, with the session settings of the other models; its callers share the session.</summary>
public sealed class OnnxTextRunner : ITextRunner
{
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly TextGraph _graph;

    internal OnnxTextRunner(TextModelPackage package, InferenceSession session)
    {
        Package = package;
        _graph = TextGraph.Of(session, package);
        _session = session;
    }

    public TextModelPackage Package { get; }

    public bool TakesAnyLength => _graph.TakesAnyLength;

    public void Run(TextBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        // An encoder's run takes a hundred times what binding does, and hardly two have the same shape: nothing is kept.
        using var run = new BoundRun(_session, _runOptions, isBound: false);
        var narrowed = new List<int[]>();
        foreach (var input in _graph.Inputs)
        {
            var values = input.Name switch
            {
                TextGraph.InputIds => batch.InputIds,
                TextGraph.AttentionMask => batch.AttentionMask,
                _ => batch.TokenTypeIds,
            };
            if (input.IsLong) run.Input(input.Name, values, batch.Rows, batch.Length);
            if (input.IsLong) continue;
            narrowed.Add(Narrow(values.AsSpan(0, batch.Rows * batch.Length)));
            run.Input(input.Name, narrowed[^1], batch.Rows, batch.Length);
        }

        run.Output(_graph.Output, batch.Logits, batch.Rows, batch.Labels);
        run.Run();
        GC.KeepAlive(batch);
        GC.KeepAlive(narrowed);
    }

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private static int[] Narrow(ReadOnlySpan<long> values)
    {
        var narrow = GC.AllocateUninitializedArray<int>(values.Length, pinned: true);
        for (var i = 0; i < values.Length; i++) narrow[i] = (int)values[i];
        return narrow;
    }
}

/// <summary>Loads text models into ONNX Runtime, on the CPU.</summary>
public sealed class OnnxTextRunnerFactory : ITextRunnerFactory
{
    public ITextRunner Load(TextModelPackage package)
    {
        ArgumentNullException.ThrowIfNull(package);
        InferenceSession session;
        try
        {
            using var options = SessionSettings.Create(Runners.Accelerator.Cpu, cudaDevice: 0, capturesGraphs: false);
            session = new InferenceSession(package.Graph.ToArray(), options);
        }
        catch (Exception error) when (OnnxModelRunnerFactory.IsFromRuntime(error))
        {
            throw new ModelRefusedException(ModelRefusal.Graph,
                $"{package.Id}/{TextModelPackage.GraphFile} cannot be loaded: {error.Message} It has to be an ONNX graph that this ONNX "
                + "Runtime reads, in one file. Export it again.", error);
        }

        try
        {
            return new OnnxTextRunner(package, session);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
