using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Runners;
using RealtimeInsight.Inference.Tests.Fakes;
using RealtimeInsight.Inference.Tests.Models;

namespace RealtimeInsight.Inference.Tests.Pool;

public sealed class LoadingTests : IAsyncDisposable
{
    private readonly ModelFolder _folder = new();
    private readonly PoolFixture _fixture = new();
    private readonly LinearFactory _factory = new();

    [Fact]
    public void TryLoad_SeveralVersions_ServesTheHighest()
    {
        _folder.Write("2");
        _folder.Write("10");

        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Equal("10", _fixture.Pool.Current!.Version);
        Assert.Null(_fixture.Pool.Problem);
        Assert.Equal(1, _fixture.Logger.Count(2000));
    }

    [Fact]
    public void TryLoad_HighestRefused_ServesTheNextAndSaysSo()
    {
        _folder.Write("1");
        _folder.Write("2", manifest => manifest["feature_schema_hash"] = "other");

        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Contains("behaviour/2/model.json has feature_schema_hash other", _fixture.Pool.Problem, StringComparison.Ordinal);
        Assert.Equal(1, _fixture.Metrics.Sum("model_refusals", "feature_schema"));
        Assert.Equal(1, _fixture.Logger.Count(2001));
    }

    [Fact]
    public void TryLoad_ConfiguredVersion_ServesItAndNoOther()
    {
        _folder.Write("1");
        _folder.Write("2");
        _fixture.Options.ModelVersion = "1";
        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));
        Assert.Equal("1", _fixture.Pool.Current!.Version);

        _fixture.Options.ModelVersion = "3";
        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Contains("no version 3", _fixture.Pool.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_NothingThere_LeavesThePoolUpWithAProblem()
    {
        Assert.False(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Contains("no version in the repository", _fixture.Pool.Problem, StringComparison.Ordinal);
        Assert.Equal(ScoreOutcome.NoModel, _fixture.StepOnce());
        Assert.Equal(1, _fixture.Logger.Count(2002));

        _folder.Write("1");
        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));
        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce());
        Assert.Null(_fixture.Pool.Problem);
    }

    [Fact]
    public void TryLoad_NewerVersionAppears_TakesOver()
    {
        _folder.Write("1");
        _fixture.Pool.TryLoad(_folder.Repository, _factory);
        _folder.Write("2");

        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Equal("2", _fixture.Pool.Current!.Version);
        Assert.Equal(2, _factory.Loads);
    }

    [Fact]
    public void TryLoad_NothingNew_LoadsNothing()
    {
        _folder.Write("1");
        _fixture.Pool.TryLoad(_folder.Repository, _factory);

        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Equal(1, _factory.Loads);
    }

    [Fact]
    public void TryLoad_RuntimeRefuses_GoesOnWithTheOneThatServes()
    {
        _folder.Write("1");
        _fixture.Pool.TryLoad(_folder.Repository, _factory);
        _folder.Write("2");
        _factory.Refused = "2";

        Assert.True(_fixture.Pool.TryLoad(_folder.Repository, _factory));

        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Contains("cannot be loaded", _fixture.Pool.Problem, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _folder.Dispose();
    }

    private sealed class LinearFactory : IModelRunnerFactory
    {
        public int Loads { get; private set; }

        public string? Refused { get; set; }

        public IModelRunner Load(ModelPackage package)
        {
            if (package.Manifest.Version == Refused)
            {
                throw new ModelRefusedException(ModelRefusal.Graph, $"{package.Identity} cannot be loaded");
            }

            Loads++;
            return new LinearModelRunner(package.Manifest);
        }
    }
}
