using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Models;
using RealtimeInsight.Host.Retraining;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Simulation.Time;

namespace RealtimeInsight.Host.Tests.Retraining;

/// <summary>The whole life of a retraining over a real registry; the trainer copies the model that ships.</summary>
public sealed class RetrainerTests : IAsyncDisposable
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _data = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly VirtualTime _time = new(s_start);
    private readonly RetrainOptions _options = new() { Command = ["{out}"], Every = TimeSpan.FromDays(7) };
    private readonly CopyingTrainer _trainer = new();
    private readonly List<Retrainer> _started = [];
    private readonly InferencePool _pool;
    private readonly ModelRegistry _registry;
    private PairedFigures? _against;

    public RetrainerTests()
    {
        var inference = new InferenceOptions { ModelsDirectory = Path.Combine(Repository.Root, "src", "models") };
        (_pool, _registry) = ModelSetup.Create(
            inference, _data.Path, _services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, _time);
        _registry.Start();
    }

    [Fact]
    public async Task Schedule_Due_TrainsShadowsAndProposes_ThenPromotesWhenApproved()
    {
        var retrainer = Start();
        await retrainer.StepAsync();
        Assert.Equal(RetrainPhase.Idle, retrainer.State.Phase);

        _time.Advance(TimeSpan.FromDays(7));
        await TrainAsync(retrainer);
        Assert.Equal((RetrainPhase.Shadowing, "2"), (retrainer.State.Phase, retrainer.State.Version));
        Assert.StartsWith("schedule: 7 days", retrainer.State.Reason, StringComparison.Ordinal);
        Assert.Equal(ModelRole.Shadow, RoleOf("2"));

        _against = new PairedFigures(5_000, -0.01, -0.02, -0.001);
        await retrainer.StepAsync();
        Assert.Equal(RetrainPhase.Proposed, retrainer.State.Phase);
        Assert.Contains("log loss -0.0100 (-0.0200 to -0.0010) over 5000 outcomes", retrainer.State.Comparison, StringComparison.Ordinal);
        Assert.Equal("1", _registry.List().Champion);

        await retrainer.ApproveAsync();
        Assert.Equal("2", _registry.List().Champion);
        Assert.Equal((RetrainPhase.Idle, "promoted: approved"), (retrainer.State.Phase, retrainer.State.Results[0].Result));
        Assert.False(Directory.Exists(Path.Combine(_data.Path, "retraining")));
    }

    [Theory]
    [InlineData(5_000, -0.02, -0.001, "2", RetrainPhase.Idle)]
    [InlineData(5_000, -0.02, 0.001, "1", RetrainPhase.Shadowing)]
    [InlineData(1_999, -0.02, -0.001, "1", RetrainPhase.Shadowing)]
    [InlineData(5_000, 0.001, 0.02, "1", RetrainPhase.Idle)]
    public async Task Rule_PromotesOnlyWhatIsBetterOverEnoughOutcomes(
        long outcomes, double from, double to, string champion, RetrainPhase phase)
    {
        _options.PromoteByRule = true;
        var retrainer = Start();
        await retrainer.TrainNowAsync();
        await TrainAsync(retrainer);

        _against = new PairedFigures(outcomes, (from + to) / 2, from, to);
        await retrainer.StepAsync();

        Assert.Equal((champion, phase), (_registry.List().Champion, retrainer.State.Phase));
        if (phase == RetrainPhase.Idle && champion == "1") Assert.Null(RoleOf("2"));
    }

    [Fact]
    public async Task Crash_InTraining_IsToldAndNothingServesFromIt()
    {
        var first = Start();
        await first.TrainNowAsync();
        Assert.Equal(RetrainPhase.Training, first.State.Phase);

        var second = Start();
        Assert.Equal(RetrainPhase.Idle, second.State.Phase);
        Assert.StartsWith("interrupted", second.State.Results[0].Result, StringComparison.Ordinal);
        Assert.Equal(["1"], _registry.List().Versions.Select(static one => one.Version));
        _trainer.Finish();
    }

    [Fact]
    public async Task Crash_AfterRegistering_GoesOnWithTheShadow()
    {
        var first = Start();
        await first.TrainNowAsync();
        _registry.Register(ModelRepository.ReadFiles(_trainer.Copy(Path.Combine(_data.Path, "elsewhere", "behaviour", "2"))));

        var second = Start();

        Assert.Equal(RetrainPhase.Shadowing, second.State.Phase);
        Assert.Equal(ModelRole.Shadow, RoleOf("2"));
        _trainer.Finish();
    }

    [Fact]
    public async Task Restart_WhileShadowing_GoesOnComparing()
    {
        var first = Start();
        await first.TrainNowAsync();
        await TrainAsync(first);

        var second = Start();
        Assert.Equal((RetrainPhase.Shadowing, "2"), (second.State.Phase, second.State.Version));
        _registry.Shadow("2", 0);
        await second.StepAsync();
        Assert.Equal("taken out of the shadow by hand", second.State.Results[0].Result);
    }

    [Fact]
    public async Task Trainer_ThatFails_LeavesEverythingAsItWas()
    {
        _trainer.Problem = "no data";
        var retrainer = Start();
        await retrainer.TrainNowAsync();
        await TrainAsync(retrainer);

        Assert.Equal((RetrainPhase.Idle, "failed: no data"), (retrainer.State.Phase, retrainer.State.Results[0].Result));
        Assert.Equal("1", _registry.List().Champion);
    }

    [Fact]
    public async Task Trainer_ThatTakesTooLong_IsEnded()
    {
        var retrainer = Start();
        await retrainer.TrainNowAsync();
        _time.Advance(_options.TrainingMax);
        await retrainer.TrainingAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await retrainer.StepAsync();

        Assert.Contains("took longer than 06:00:00", retrainer.State.Results[0].Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_ThatMustNotServe_IsRefused()
    {
        _trainer.Change = static manifest => manifest["digest"] = new string('0', 64);
        var retrainer = Start();
        await retrainer.TrainNowAsync();
        await TrainAsync(retrainer);

        Assert.StartsWith("refused: behaviour/2/model.json has digest 0000", retrainer.State.Results[0].Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_OutOfPlace_AreRefused()
    {
        var retrainer = Start();
        await Assert.ThrowsAsync<ModelRequestException>(retrainer.ApproveAsync);
        await Assert.ThrowsAsync<ModelRequestException>(retrainer.RejectAsync);
        await retrainer.TrainNowAsync();
        await Assert.ThrowsAsync<ModelRequestException>(retrainer.TrainNowAsync);
        await TrainAsync(retrainer);
        await retrainer.RejectAsync();

        Assert.Equal("rejected", retrainer.State.Results[0].Result);
        Assert.Null(RoleOf("2"));
    }

    [Fact]
    public async Task Shadow_WithoutADifference_IsTakenAwayInTime()
    {
        var retrainer = Start();
        await retrainer.TrainNowAsync();
        await TrainAsync(retrainer);
        _time.Advance(_options.ShadowMax + TimeSpan.FromMinutes(1));
        await retrainer.StepAsync();

        Assert.StartsWith("no difference shown in time", retrainer.State.Results[0].Result, StringComparison.Ordinal);
        Assert.Null(RoleOf("2"));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var retrainer in _started) await retrainer.DisposeAsync();
        await _pool.DisposeAsync();
        await _services.DisposeAsync();
        _data.Dispose();
    }

    private Retrainer Start()
    {
        var retrainer = new Retrainer(
            _options, _registry, Watch, _trainer, new RetrainFile(_data.Path), _time, NullLogger<Retrainer>.Instance);
        retrainer.Resume();
        _started.Add(retrainer);
        return retrainer;
    }

    /// <summary>Begins one where it is due, lets the trainer end, and takes its version over.</summary>
    private async Task TrainAsync(Retrainer retrainer)
    {
        await retrainer.StepAsync();
        _trainer.Finish();
        await retrainer.TrainingAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await retrainer.StepAsync();
    }

    private ModelRole? RoleOf(string version) => _registry.List().Versions.Single(one => one.Version == version).Role;

    private ModelWatch Watch() => new(
        TimeSpan.FromDays(7), TimeSpan.FromDays(1),
        [
            new VersionWatch("behaviour/2", "2", [.. ModelHeads.All.Select(
                head => new HeadWatch(head, Instant.From(s_start), 0, null, null, _against))], null),
        ],
        []);

    /// <summary>Waits until it is told to end, then copies the shipped version under the number that was asked for.</summary>
    private sealed class CopyingTrainer : ITrainer
    {
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string? Problem { get; set; }

        public Action<JsonObject>? Change { get; set; }

        public void Finish() => _finish.TrySetResult();

        public async Task TrainAsync(string folder, CancellationToken cancellationToken)
        {
            await _finish.Task.WaitAsync(cancellationToken);
            if (Problem is { } problem) throw new TrainingFailedException(problem);
            Copy(folder);
        }

        public string Copy(string folder)
        {
            var from = Path.Combine(Repository.Root, "src", "models", "behaviour", "1");
            Directory.CreateDirectory(folder);
            foreach (var file in (string[])["step.onnx", "fold.onnx"]) File.Copy(Path.Combine(from, file), Path.Combine(folder, file));
            var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(from, "model.json")))!.AsObject();
            manifest["version"] = Path.GetFileName(folder);
            Change?.Invoke(manifest);
            File.WriteAllText(Path.Combine(folder, "model.json"), manifest.ToJsonString());
            return folder;
        }
    }
}
