using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Host.Learning;
using RealtimeInsight.Inference.Learning;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Tests.Learning;

public sealed class CorrectionsTests
{
    private static readonly ModelHorizons s_horizons = new() { ChurnDays = 30, AbandonmentHours = 24, PurchaseHours = 24 };

    [Fact]
    public async Task Keeper_AfterARestart_KnowsWhatItLearned()
    {
        using var folder = new TempFolder();
        HeadCorrections learned;
        await using (var keeper = Keeper(folder))
        {
            Learn(keeper.Corrections);
            learned = keeper.Corrections.Of(7);
        }

        await using var again = Keeper(folder);

        Assert.NotEqual(1, learned.Purchase.Slope);
        Assert.Equal(learned, again.Corrections.Of(7));
    }

    [Fact]
    public async Task Reset_IsKeptOverARestart()
    {
        using var folder = new TempFolder();
        await using (var keeper = Keeper(folder))
        {
            Learn(keeper.Corrections);
            await keeper.ResetAsync(CancellationToken.None);
            Assert.Equal(HeadCorrections.Neutral, keeper.Corrections.Of(7));
        }

        await using var again = Keeper(folder);
        Assert.Equal(HeadCorrections.Neutral, again.Corrections.Of(7));
    }

    [Fact]
    public async Task Keeper_FileThatIsDamaged_IsSetAside()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, CorrectionsKeeper.FileName), "something else");

        await using (var keeper = Keeper(folder)) Assert.Equal(HeadCorrections.Neutral, keeper.Corrections.Of(7));

        Assert.True(File.Exists(Path.Combine(folder.Path, CorrectionsKeeper.FileName + ".unreadable")));
        Assert.True(File.Exists(Path.Combine(folder.Path, CorrectionsKeeper.FileName)));
    }

    [Fact]
    public async Task Corrections_WhileOff_SayHowToBegin()
    {
        await using var host = await TestHost.StartAsync();

        var shown = await host.GetAsync("/v1/models/corrections");
        var reset = await host.PostAsync("/v1/models/corrections/reset", "", TestHost.AdminKey);
        var refused = await host.PostAsync("/v1/models/corrections/reset", "", TestHost.ReadKey);

        Assert.False((bool)shown.Json["is_on"]!);
        Assert.Equal(HttpStatusCode.Conflict, reset.Status);
        Assert.Contains("Inference:CorrectProbabilities", (string)reset.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
    }

    private static CorrectionsKeeper Keeper(TempFolder folder) =>
        new(folder.Path, TimeProvider.System, NullLogger<CorrectionsKeeper>.Instance);

    /// <summary>Purchases half as likely as they are scored.</summary>
    private static void Learn(ScoreCorrections corrections)
    {
        corrections.Know(7, s_horizons);
        var (random, start) = (new Random(1), new Instant(1_780_000_000_000));
        for (var i = 0; i < 20 * 400; i++)
        {
            var at = start + TimeSpan.FromDays(i / 400.0);
            var score = random.NextSingle();
            corrections.Observe(new ResolvedScore(
                ScoreHead.Purchase, 1, at, at + TimeSpan.FromDays(1), 7, score, 0, 0, random.NextDouble() < score / 2));
        }
    }
}
