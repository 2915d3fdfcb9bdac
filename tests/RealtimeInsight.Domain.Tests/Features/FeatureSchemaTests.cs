using RealtimeInsight.Domain.Features;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;

namespace RealtimeInsight.Domain.Tests.Features;

public sealed class FeatureSchemaTests
{
    /// <summary>Models name this hash. When it changes, every model has to be trained again: change it on purpose only.</summary>
    private const string KnownHash = "2be2eca3330324a7";

    [Fact]
    public void Hash_IsTheOneThatModelsWereTrainedOn() => Assert.Equal(KnownHash, FeatureSchema.Hash);

    [Fact]
    public void Names_AreAsManyAsTheModelTakes_AndDiffer()
    {
        Assert.Equal((16, 4, 64), (FeatureSchema.TokenNames.Count, FeatureSchema.IdNames.Count, FeatureSchema.ProfileNames.Count));
        Assert.Equal(
            (ModelContract.TokenFeatures, ModelContract.TokenIds, ModelContract.ProfileFeatures),
            (FeatureSchema.TokenNames.Count, FeatureSchema.IdNames.Count, FeatureSchema.ProfileNames.Count));
        string[] all = [.. FeatureSchema.TokenNames, .. FeatureSchema.IdNames, .. FeatureSchema.ProfileNames];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.All(all, static name => Assert.Matches("^[a-z0-9_]+$", name));
    }

    [Fact]
    public void ProfileNames_BeginWithTheRates_GroupByGroup()
    {
        Assert.Equal("rate_browse_5m", FeatureSchema.ProfileNames[0]);
        Assert.Equal("rate_product_view_1h", FeatureSchema.ProfileNames[6]);
        Assert.Equal("rate_engagement_30d", FeatureSchema.ProfileNames[DecayedRates.Length - 1]);
        Assert.Equal("tenure", FeatureSchema.ProfileNames[DecayedRates.Length]);
    }
}
