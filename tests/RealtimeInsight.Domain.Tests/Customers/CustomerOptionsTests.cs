using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Domain.Tests.Customers;

public sealed class CustomerOptionsTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    public static TheoryData<string, CustomerOptions> OutOfBounds => new()
    {
        { nameof(CustomerOptions.SessionGap), new() { SessionGap = TimeSpan.FromSeconds(1) - Tick } },
        { nameof(CustomerOptions.SessionGap), new() { SessionGap = TimeSpan.FromHours(24) + Tick } },
        { nameof(CustomerOptions.CartAtRiskAfter), new() { CartAtRiskAfter = TimeSpan.Zero } },
        { nameof(CustomerOptions.CartAtRiskAfter), new() { CartAtRiskAfter = TimeSpan.FromHours(1) } },
        { nameof(CustomerOptions.CartAbandonedAfter), new() { CartAbandonedAfter = TimeSpan.FromDays(30) + Tick } },
        { nameof(CustomerOptions.CartEpisodeMax), new() { CartEpisodeMax = TimeSpan.FromSeconds(1) } },
        { nameof(CustomerOptions.CartEpisodeMax), new() { CartEpisodeMax = TimeSpan.FromDays(366) } },
        { nameof(CustomerOptions.AllowedLateness), new() { AllowedLateness = -Tick } },
        { nameof(CustomerOptions.AllowedLateness), new() { AllowedLateness = TimeSpan.FromDays(31) } },
        { nameof(CustomerOptions.EventIdsMax), new() { EventIdsMax = 15 } },
        { nameof(CustomerOptions.EventIdsMax), new() { EventIdsMax = CustomerOptions.EventIdsMaxLimit + 1 } },
        { nameof(CustomerOptions.LastEventsMax), new() { LastEventsMax = 3 } },
        { nameof(CustomerOptions.LastEventsMax), new() { LastEventsMax = CustomerOptions.LastEventsMaxLimit + 1 } },
        { nameof(CustomerOptions.DormancyLevels), new() { DormancyLevels = [] } },
        { nameof(CustomerOptions.DormancyLevels), new() { DormancyLevels = [TimeSpan.Zero] } },
        { nameof(CustomerOptions.DormancyLevels), new() { DormancyLevels = [TimeSpan.FromDays(7), TimeSpan.FromDays(7)] } },
        { nameof(CustomerOptions.DormancyLevels),
            new() { DormancyLevels = [.. Enumerable.Range(1, 9).Select(i => TimeSpan.FromDays(i))] } },
    };

    [Theory]
    [MemberData(nameof(OutOfBounds))]
    public void Validate_BeyondABound_NamesTheOption(string option, CustomerOptions options)
    {
        Assert.Contains(CustomerOptions.Validate(options), problem => problem.StartsWith(option, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => new CustomerMachine(options));
    }

    [Fact]
    public void Validate_DefaultsAndBounds_AreAllowed()
    {
        Assert.Empty(CustomerOptions.Validate(new CustomerOptions()));
        Assert.Empty(CustomerOptions.Validate(new CustomerOptions
        {
            SessionGap = TimeSpan.FromSeconds(1),
            CartAtRiskAfter = TimeSpan.FromSeconds(1),
            CartAbandonedAfter = TimeSpan.FromSeconds(2),
            CartEpisodeMax = TimeSpan.FromSeconds(2),
            AllowedLateness = TimeSpan.Zero,
            EventIdsMax = 16,
            LastEventsMax = 4,
            DormancyLevels = [TimeSpan.FromSeconds(1)],
        }));
    }
}
