using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Onnx.Tests;

/// <summary>The tensors of a captured graph stay where they are, and each size has a session of its own.</summary>
public sealed class FixedRunsTests : IDisposable
{
    private static readonly string[] s_outputs = [ModelHeads.Churn, ModelHeads.Abandonment, ModelHeads.Purchase];

    private readonly SessionOptions _options = SessionSettings.Create(Accelerator.Cpu, cudaDevice: 0, capturesGraphs: false);
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private int _opened;

    public FixedRunsTests() => _session = new InferenceSession(new TinyOnnx().Write(), _options);

    [Fact]
    public void Run_OfManyHosts_ReadsAndWritesTheSameAddresses()
    {
        using var runs = Runs();
        using var first = new Host(_session, _runOptions, rows: 3);
        var run = runs.For(first.Bound, rows: 3);
        var addresses = Addresses(run);

        for (var i = 1; i <= 20; i++)
        {
            using var host = new Host(_session, _runOptions, rows: 3);
            Array.Fill(host.StateIn, i);
            var same = runs.For(host.Bound, rows: 3);
            same.Run(host.Bound);

            Assert.Same(run, same);
            Assert.Equal(addresses, Addresses(run));
            Assert.Equal(host.StateIn, host.StateOut);
            Assert.Equal([i, i, i], host.Heads[0]);
            GC.KeepAlive(host);
        }
    }

    [Fact]
    public void For_AllSizesOfABatch_GivesEachASessionAndTensorsOfItsOwn()
    {
        using var runs = Runs();
        var sizes = BatchSizes.Candidates(256);
        var addresses = new HashSet<nint>();

        for (var index = 0; index < sizes.Count(256); index++)
        {
            var rows = sizes.At(index, 256);
            using var host = new Host(_session, _runOptions, rows);
            var run = runs.For(host.Bound, rows);
            run.Run(host.Bound);

            Assert.All(Addresses(run), address => Assert.True(addresses.Add(address)));
            Assert.All(run.Inputs.Concat(run.Outputs), value => Assert.Equal(rows, value.GetTensorTypeAndShape().Shape[0]));
            Assert.Equal(index + 1, _opened);
        }
    }

    [Fact]
    public void KeepOnly_SizesInUse_LetsTheOthersGo()
    {
        using var runs = Runs();
        foreach (var rows in (ReadOnlySpan<int>)[3, 4, 5]) RunOnce(rows);

        runs.KeepOnly(new BatchSizes([4]));

        RunOnce(4);
        Assert.Equal(3, _opened);
        RunOnce(5);
        Assert.Equal(4, _opened);

        void RunOnce(int rows)
        {
            using var host = new Host(_session, _runOptions, rows);
            runs.For(host.Bound, rows).Run(host.Bound);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _options.Dispose();
        _runOptions.Dispose();
    }

    private FixedRuns Runs() => new(_session, Open, Accelerator.Cpu, cudaDevice: 0);

    private InferenceSession Open()
    {
        _opened++;
        return new InferenceSession(new TinyOnnx().Write(), _options);
    }

    private static nint[] Addresses(FixedRun run) => [.. run.Inputs.Concat(run.Outputs).Select(AddressOf)];

    private static unsafe nint AddressOf(OrtValue value) =>
        (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(value.GetTensorMutableRawData()));

    /// <summary>A step's buffers as a batch has them.</summary>
    private sealed class Host : IDisposable
    {
        public Host(InferenceSession session, RunOptions options, int rows)
        {
            StateIn = Pinned(rows * ModelContract.StateWidth);
            StateOut = Pinned(rows * ModelContract.StateWidth);
            Heads = [Pinned(rows), Pinned(rows), Pinned(rows)];
            Query = Pinned(rows * ModelContract.ItemQueryWidth);
            Bound = new BoundRun(session, options, isBound: false)
                .Input(GraphContract.Tokens, Tokens = Pinned(rows * ModelContract.TokenFeatures), rows, 1, ModelContract.TokenFeatures)
                .Input(GraphContract.Ids, Ids = GC.AllocateArray<long>(rows * ModelContract.TokenIds, pinned: true),
                    rows, 1, ModelContract.TokenIds)
                .Input(GraphContract.Profile, Profile = Pinned(rows * ModelContract.ProfileFeatures), rows, ModelContract.ProfileFeatures)
                .Input(GraphContract.StateIn, StateIn, rows, ModelContract.StateWidth)
                .Output(GraphContract.StateOut, StateOut, rows, ModelContract.StateWidth)
                .Output(GraphContract.ItemQuery, Query, rows, ModelContract.ItemQueryWidth);
            for (var head = 0; head < s_outputs.Length; head++) Bound.Output(s_outputs[head], Heads[head], rows, 1);
        }

        public BoundRun Bound { get; }

        public float[] StateIn { get; }

        public float[] StateOut { get; }

        public float[][] Heads { get; }

        private float[] Tokens { get; }

        private long[] Ids { get; }

        private float[] Profile { get; }

        private float[] Query { get; }

        public void Dispose()
        {
            Bound.Dispose();
            GC.KeepAlive(this);
        }

        private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);
    }
}
