using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Tests.Fakes;
using RealtimeInsight.Inference.Tests.Models;
using RealtimeInsight.Inference.Tests.Pool;

namespace RealtimeInsight.Inference.Tests.Lifecycle;

public sealed class ModelRegistryTests : IAsyncDisposable
{
    private readonly ModelFolder _folder = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("plan-");
    private readonly LinearRunnerFactory _factory = new();
    private PoolFixture _fixture = new();
    private ModelRegistry _registry = null!;

    private string Registered => Path.Combine(_data.FullName, "models");

    private ServingPlanFile File => new(Path.Combine(_data.FullName, ServingPlanFile.FileName));

    [Fact]
    public void Start_WithoutAPlan_ServesTheHighestShippedAndKeepsIt()
    {
        _folder.Write("1");
        Start();
        Assert.Equal("1", _fixture.Pool.Current!.Version);

        _folder.Write("2");
        Restart();

        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Equal(["2", "1"], _registry.List().Versions.Select(version => version.Version));
        Assert.Empty(_registry.Problems);
    }

    [Fact]
    public void Promote_ThenRollback_EachOutlivesARestart()
    {
        Start("1", "2");
        _registry.Promote("1");
        Assert.Equal("1", _fixture.Pool.Current!.Version);

        Restart();
        Assert.Equal("1", _fixture.Pool.Current!.Version);

        _registry.Rollback();
        Restart();
        Assert.Equal("2", _fixture.Pool.Current!.Version);
        Assert.Empty(_registry.List().Before);
    }

    [Fact]
    public void Rollback_WithNothingBefore_SaysSo()
    {
        Start("1");
        var problem = Assert.Throws<ModelRequestException>(() => _registry.Rollback());
        Assert.Contains("behaviour/1 has no champion before it", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Promote_TheChallenger_LoadsNothingAgain()
    {
        Start("1", "2", "3");
        _registry.Share("1", 0.25);
        var loads = _factory.Loaded.Count;

        _registry.Promote("1");

        Assert.Equal(loads, _factory.Loaded.Count);
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Null(_fixture.Pool.Serving!.Challenger);
        Assert.Equal(["3"], _registry.List().Before);
    }

    [Fact]
    public void ShareAndShadow_AreHeldByALease_AndOutliveARestart()
    {
        Start("1", "2", "3");
        _registry.Share("2", 0.25);
        _registry.Shadow("1", 1);
        Restart();

        using var lease = _fixture.Pool.Lease();
        Assert.Equal("3", lease.Model!.Version);
        Assert.Equal("2", lease.Challenger!.Model!.Version);
        Assert.Equal(0.25, lease.ChallengerShare.Fraction);
        Assert.Equal("1", lease.Shadow!.Model!.Version);
        Assert.Equal(1, lease.ShadowTally!.Share.Fraction);
        Assert.Equal(
            [ModelRole.Champion, ModelRole.Challenger, ModelRole.Shadow], _registry.List().Versions.Select(version => version.Role!.Value));

        _registry.Share("2", 0);
        _registry.Shadow("1", 0);
        using var next = _fixture.Pool.Lease();
        Assert.Null(next.Challenger);
        Assert.Null(next.Shadow);
        Assert.Null(next.ShadowTally);
    }

    [Fact]
    public void Shadow_WhileOthersChange_KeepsItsTally()
    {
        Start("1", "2", "3");
        _registry.Shadow("1", 0.5);
        _fixture.Pool.Serving!.Shadow!.Tally!.Add(new(0.5f, 0.5f, 0.5f), new(0.25f, 0.5f, 0.5f));

        _registry.Promote("2");
        var comparison = _registry.List().Versions.Single(version => version.Version == "1").Comparison!;

        Assert.Equal(1, comparison.Scores);
        Assert.Equal(0.25, comparison.Churn!.MeanDifference);
        Assert.Equal(0, comparison.Purchase!.MeanDifference);
    }

    [Theory]
    [InlineData("3", 0.5, "is the champion already")]
    [InlineData("1", 0.5, "is the other model beside it already")]
    [InlineData("2", 1.5, "share of 1.5")]
    [InlineData("2", -0.1, "share of -0.1")]
    [InlineData("2", 0, "share of 0")]
    public void Share_ThatCannotBe_SaysWhy(string version, double share, string expected)
    {
        Start("1", "2", "3");
        _registry.Shadow("1", 1);
        var problem = Assert.Throws<ModelRequestException>(() => _registry.Share(version, share));
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Null(_fixture.Pool.Serving!.Challenger);
    }

    public static TheoryData<string, ModelRefusal> Broken => new()
    {
        { "digest", ModelRefusal.Digest },
        { "feature_schema_hash", ModelRefusal.FeatureSchema },
        { "nan", ModelRefusal.WarmUp },
        { "disagree", ModelRefusal.WarmUp },
        { "slow", ModelRefusal.Slow },
        { "absent", ModelRefusal.Missing },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Promote_ABrokenVersion_IsRefusedAndTheOldGoesOn(string fault, ModelRefusal reason)
    {
        Start("1");
        if (fault != "absent")
        {
            _folder.Write("2", manifest =>
            {
                if (fault is "digest" or "feature_schema_hash") manifest[fault] = "0000";
            });
        }

        _factory.Spoilers["2"] = runner =>
        {
            if (fault == "nan") runner.Spoil = true;
            if (fault == "disagree") runner.FoldError = 1;
            if (fault == "slow") runner.OnRun = _ => _fixture.Time.Advance(TimeSpan.FromMilliseconds(150));
        };

        var refused = Assert.Throws<ModelRefusedException>(() => _registry.Promote("2"));

        Assert.Equal(reason, refused.Reason);
        Assert.Contains("2", refused.Message, StringComparison.Ordinal);
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Equal(ScoreOutcome.Scored, _fixture.StepOnce());
        Assert.Throws<ModelRefusedException>(() => _registry.Share("2", 0.1));
        Assert.Throws<ModelRefusedException>(() => _registry.Shadow("2", 0.1));
        Restart();
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Empty(_registry.Problems);
    }

    [Fact]
    public void Promote_WhenThePlanCannotBeWritten_ChangesNothing()
    {
        Start("1", "2");
        Directory.CreateDirectory(File.Path + ".next");

        var problem = Assert.Throws<ModelRequestException>(() => _registry.Promote("1"));

        Assert.Contains("cannot be written", problem.Message, StringComparison.Ordinal);
        Assert.Equal("2", _fixture.Pool.Current!.Version);
    }

    [Fact]
    public void Promote_WithAConfiguredVersion_IsRefused()
    {
        _fixture.Options.ModelVersion = "1";
        Start("1", "2");
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Contains("ModelVersion is set to 1", Assert.Throws<ModelRequestException>(() => _registry.Promote("2")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WhenTheChampionIsRefused_ServesTheOneBeforeAndSaysSo()
    {
        Start("1", "2", "3");
        _registry.Promote("1");
        _registry.Share("2", 0.5);
        _folder.Write("1", manifest => manifest["digest"] = "0000");

        Restart();

        Assert.Equal("3", _fixture.Pool.Current!.Version);
        Assert.Equal("2", _fixture.Pool.Serving!.Challenger!.Model.Version);
        Assert.Contains("has digest 0000", Assert.Single(_registry.Problems), StringComparison.Ordinal);
        Assert.Equal("1", File.Read()!.Champion);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"champion":"1","challenger":{"version":"2","share":7}}""")]
    public void Start_WithADamagedPlan_ServesTheShippedAndSaysSo(string content)
    {
        _folder.Write("1");
        System.IO.File.WriteAllText(File.Path, content);

        Start();

        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Contains("does not say which model serves", Assert.Single(_registry.Problems), StringComparison.Ordinal);
        _registry.Promote("1");
        Assert.Empty(_registry.Problems);
        Assert.Equal("1", File.Read()!.Champion);
    }

    [Fact]
    public void Promote_WithoutAnyModel_IsTheFirstPlan()
    {
        Start();
        _folder.Write("1");
        _registry.Promote("1");
        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.Empty(_registry.List().Before);
    }

    [Fact]
    public void Register_AVersion_KeepsItBesideTheShippedOnesAndServesNobody()
    {
        Start("1");
        var files = FilesOf("2");

        Assert.Equal("2", _registry.Register(files).Version);
        Assert.Equal("2", _registry.Register(files).Version);

        Assert.Equal("1", _fixture.Pool.Current!.Version);
        Assert.True(System.IO.File.Exists(Path.Combine(Registered, "behaviour", "2", "model.json")));
        _registry.Promote("2");
        Restart();
        Assert.Equal("2", _fixture.Pool.Current!.Version);
    }

    [Fact]
    public void Register_OtherGraphsForAVersion_IsRefused()
    {
        Start("1");
        _registry.Register(FilesOf("2"));
        var refused = Assert.Throws<ModelRefusedException>(() => _registry.Register(FilesOf("2", step: [9, 9])));
        Assert.Contains("a version never changes", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_AModelThatFailsItsWarmUp_LeavesNothing()
    {
        Start("1");
        _factory.Spoilers["2"] = runner => runner.Spoil = true;
        Assert.Throws<ModelRefusedException>(() => _registry.Register(FilesOf("2")));
        Assert.Equal(["1"], _registry.List().Versions.Select(version => version.Version));
    }

    [Fact]
    public void CustomerShare_GrowsWithoutMovingAnybodyOut()
    {
        var small = new CustomerShare(0.1, 5);
        var large = new CustomerShare(0.3, 5);
        var hashes = Enumerable.Range(0, 20_000).Select(i => Domain.Text.StableHash.Of($"customer-{i}")).ToList();

        Assert.All(hashes, hash => Assert.True(!small.Has(hash) || large.Has(hash)));
        Assert.InRange(hashes.Count(small.Has) / 20_000d, 0.09, 0.11);
        Assert.InRange(hashes.Count(large.Has) / 20_000d, 0.28, 0.32);
        Assert.True(new CustomerShare(1, 5).Has(ulong.MaxValue));
        Assert.DoesNotContain(hashes, new CustomerShare(0, 5).Has);
    }

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _folder.Dispose();
        _data.Delete(recursive: true);
    }

    private static ModelFiles FilesOf(string version, byte[]? step = null)
    {
        using var folder = new ModelFolder();
        folder.Write(version, step: step);
        return ModelRepository.ReadFiles(Path.Combine(folder.Root, "behaviour", version));
    }

    private void Start(params string[] versions)
    {
        foreach (var version in versions) _folder.Write(version);
        _registry = new ModelRegistry(
            _fixture.Pool, _folder.Repository, new ModelRepository(_folder.Root, ModelFolder.SchemaHash, Registered), _factory, File,
            _fixture.Options, new RecordingLogger<ModelRegistry>());
        _registry.Start();
    }

    private void Restart()
    {
        _fixture.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _fixture = new PoolFixture();
        Start();
    }
}
