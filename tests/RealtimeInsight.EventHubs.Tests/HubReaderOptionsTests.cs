using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.EventHubs.Tests;

public sealed class HubReaderOptionsTests
{
    public static TheoryData<Action<HubReaderOptions>, string> Wrong => new()
    {
        { static options => options.ConnectionString = "", "give ConnectionString, or Namespace" },
        { static options => options.Namespace = "shop.servicebus.windows.net", "give ConnectionString, or Namespace" },
        { static options => options.ConnectionString = "secret", "ConnectionString has no 'Endpoint=sb://'" },
        { static options => options.Namespace = "sb://shop/", "Namespace is 'sb://shop/'" },
        { static options => options.Hub = " ", "Hub is empty" },
        { static options => options.ConsumerGroup = "", "ConsumerGroup is empty" },
        { static options => options.CheckpointContainer = "", "CheckpointContainer is empty" },
        { static options => options.CheckpointConnectionString = "", "CheckpointContainer is no https address" },
        { static options => options.Partitions = -1, "Partitions is -1" },
        { static options => options.Partitions = 2_001, "Partitions is 2001" },
        { static options => options.BatchEventsMax = 0, "BatchEventsMax is 0" },
        { static options => options.BatchEventsMax = 10_001, "BatchEventsMax is 10001" },
        { static options => options.PrefetchEventsMax = -1, "PrefetchEventsMax is -1" },
        { static options => options.CheckpointEventsMax = 0, "CheckpointEventsMax is 0" },
        { static options => options.CheckpointAgeMax = TimeSpan.Zero, "CheckpointAgeMax is 00:00:00" },
        { static options => options.RetryWaitMin = TimeSpan.Zero, "RetryWaitMin is 00:00:00" },
        { static options => options.RetryWaitMax = TimeSpan.FromMilliseconds(1), "RetryWaitMax is 00:00:00.0010000" },
        { static options => options.RejectLengthMax = 1_023, "RejectLengthMax is 1023" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongValue_IsNamedWithItsRuleAndNoSecret(Action<HubReaderOptions> change, string problem)
    {
        ArgumentNullException.ThrowIfNull(change);
        var options = Valid();
        change(options);

        var problems = HubReaderOptions.Validate(options);

        Assert.Contains(problems, found => found.Contains(problem, StringComparison.Ordinal));
        Assert.DoesNotContain(problems, found => found.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_WithASecretOrWithAnIdentity_IsInOrder()
    {
        Assert.Empty(HubReaderOptions.Validate(Valid()));
        Assert.Empty(HubReaderOptions.Validate(new HubReaderOptions
        {
            Namespace = "shop.servicebus.windows.net", Hub = "clicks", CheckpointContainer = "https://shop.blob.core.windows.net/marks",
        }));
    }

    [Theory]
    [InlineData("m-1", "m-1")]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void EventId_IsTheProducersOrThePlace(string? messageId, string? expected)
    {
        var id = HubEventId.Of(messageId, "shop/clicks", "7", 42);

        Assert.Equal(expected ?? $"hub-{Domain.Text.StableHash.Of("shop/clicks"):x16}-7-42", id);
        Assert.True(EventId.TryParse(HubEventId.Of(new string('x', 101), new string('h', 400), "31", long.MaxValue), out _, out _));
        Assert.NotEqual(id, HubEventId.Of("", "shop/orders", "7", 42));
    }

    [Fact]
    public void Assembly_NamesAzureOnlyWhereItsPackagesAreServed()
    {
        var assembly = typeof(HubReaderOptions).Assembly;
        var isThere = assembly.GetReferencedAssemblies().Any(static name => name.Name!.StartsWith("Azure.", StringComparison.Ordinal));
#if HAS_EVENT_HUBS
        Assert.True(isThere);
        Assert.NotNull(assembly.GetType("RealtimeInsight.EventHubs.Azure.HubProcessor"));
#else
        Assert.False(isThere);
        Assert.Contains(
            "this build has no Event Hubs",
            Assert.Throws<HubException>(static () => new HubReader(Valid(), null!, null!, null!, TimeProvider.System, null!)).Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain(assembly.GetTypes(), static type => type.Namespace == "RealtimeInsight.EventHubs.Azure");
#endif
    }

    private static HubReaderOptions Valid() => new()
    {
        ConnectionString = "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=n;SharedAccessKey=secret",
        Hub = "clicks",
        CheckpointConnectionString = "UseDevelopmentStorage=true;AccountKey=secret",
        CheckpointContainer = "checkpoints",
    };
}
