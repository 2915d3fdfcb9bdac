using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Boards;
using RealtimeInsight.Orleans.Decisions;

namespace RealtimeInsight.Orleans.Delivery;

/// <summary>Dead letters and endpoints of a cluster: the list from its shares, the letters from their customers. Thread-safe.</summary>
internal sealed class ClusterDelivery(IGrainFactory grains, CustomerGrainOptions options) : IDeliveryControl
{
    private const int LimitMax = 1_000;
    private const int RedriveMax = 10_000;
    private const int CallsMax = 64;

    private IBoardGrain Board => grains.GetGrain<IBoardGrain>(0);

    /// <summary>Which share lists a decision's letter.</summary>
    public static long ShareOf(string decisionId, CustomerGrainOptions options) =>
        (long)(Domain.Text.StableHash.Of(decisionId) % (uint)options.DeadLetterShares);

    /// <summary>A customer's letter as the list shows it.</summary>
    public static ListedLetter Listed(string owner, StoredDeadLetter letter)
    {
        var (action, last) = (letter.Action, letter.Action.Tried.LastOrDefault());
        return new ListedLetter(
            action.DecisionId, owner, action.DecidedAs ?? owner, action.Channel, action.CreatedAtMs, letter.DiedAtMs, action.Attempts,
            last?.StatusCode, last?.Detail);
    }

    public async ValueTask<IReadOnlyList<EndpointStatus>> GetEndpointsAsync(CancellationToken cancellationToken)
    {
        var endpoints = await Board.GetEndpointsAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. endpoints.Select(static one => new EndpointStatus(
                one.Name, one.Names, one.State, TimeOf(one.SinceMs), TimeOf(one.UntilMs), one.Failures, one.Reason)),
        ];
    }

    public async ValueTask<DeadLetterPage> ListAsync(
        DeadLetterFilter filter, int limit, string? cursor, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, LimitMax);
        var after = cursor is null ? null : DeadLetterPosition.Parse(cursor);
        var found = await ReadAsync(filter, after, limit, cancellationToken).ConfigureAwait(false);
        DeadLetter[] items = [.. found.Select(Letter)];
        return new DeadLetterPage(items, items.Length < limit ? null : DeadLetterPosition.Of(items[^1]).ToCursor());
    }

    public async ValueTask<DeadLetterView?> FindAsync(string decisionId, CancellationToken cancellationToken)
    {
        if (await OwnerAsync(decisionId, cancellationToken).ConfigureAwait(false) is not { } owner) return null;
        var found = await Customer(owner).FindDeadAsync(decisionId).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (found is null) return null;
        return new DeadLetterView(
            Letter(Listed(owner, found)), [.. found.Action.Tried.Select(InsightViews.Of)], DeliveryTexts.BodyOf(found.Action.Body));
    }

    public async ValueTask<bool> RedriveAsync(string decisionId, CancellationToken cancellationToken) =>
        await OwnerAsync(decisionId, cancellationToken).ConfigureAwait(false) is { } owner
        && await RedriveAsync(decisionId, owner).WaitAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask<int> RedriveAsync(DeadLetterFilter filter, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, RedriveMax);
        var redriven = 0;
        var limits = new ParallelOptions { MaxDegreeOfParallelism = CallsMax, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            await ReadAsync(filter, null, limit, cancellationToken).ConfigureAwait(false), limits, async (letter, cancelled) =>
            {
                if (await RedriveAsync(letter.DecisionId, letter.Owner).WaitAsync(cancelled).ConfigureAwait(false))
                {
                    Interlocked.Increment(ref redriven);
                }
            }).ConfigureAwait(false);
        return redriven;
    }

    public async ValueTask<bool> EnableAsync(string endpoint, CancellationToken cancellationToken) =>
        await Board.EnableAsync(endpoint).WaitAsync(cancellationToken).ConfigureAwait(false);

    public async ValueTask<bool> DisableAsync(string endpoint, CancellationToken cancellationToken) =>
        await Board.DisableAsync(endpoint, DeliveryTexts.ByHand).WaitAsync(cancellationToken).ConfigureAwait(false);

    private static DeadLetter Letter(ListedLetter letter) => new(
        letter.DecisionId, letter.CustomerId, letter.Channel, new Instant(letter.CreatedAtMs), new Instant(letter.DiedAtMs),
        letter.Attempts, letter.StatusCode, letter.Reason);

    private static Instant? TimeOf(long? unixMs) => unixMs is { } at ? new Instant(at) : null;

    /// <summary>Letters keep the name that their policy wrote; an endpoint's name stands for every name that leads to it.</summary>
    private async Task<string[]?> ChannelsAsync(string? channel, CancellationToken cancellationToken)
    {
        if (channel is null) return null;
        var endpoints = await GetEndpointsAsync(cancellationToken).ConfigureAwait(false);
        return [channel, .. endpoints.FirstOrDefault(one => one.Name == channel)?.Names ?? []];
    }

    private async Task<ListedLetter[]> ReadAsync(
        DeadLetterFilter filter, DeadLetterPosition? after, int limit, CancellationToken cancellationToken)
    {
        var query = new DeadLetterQuery
        {
            Limit = limit,
            Channels = await ChannelsAsync(filter.Channel, cancellationToken).ConfigureAwait(false),
            CreatedFromMs = filter.CreatedFrom?.UnixMs,
            CreatedBeforeMs = filter.CreatedBefore?.UnixMs,
            AfterDiedAtMs = after?.DiedAt.UnixMs,
            AfterDecisionId = after?.DecisionId,
        };
        var shares = await Task.WhenAll(Enumerable.Range(0, options.DeadLetterShares).Select(share => Share(share).ListAsync(query)))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. shares.SelectMany(static letters => letters).OrderByDescending(static letter => letter.DiedAtMs)
                .ThenByDescending(static letter => letter.DecisionId, StringComparer.Ordinal).Take(limit),
        ];
    }

    /// <summary>Who has the letter: as the list says, else whose decision it is.</summary>
    private async Task<string?> OwnerAsync(string decisionId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(decisionId);
        return await Share(ShareOf(decisionId, options)).OwnerAsync(decisionId).WaitAsync(cancellationToken).ConfigureAwait(false)
            ?? await grains.GetGrain<IDecisionGrain>(decisionId).FindAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> RedriveAsync(string decisionId, string owner)
    {
        if (await Customer(owner).RedriveAsync(decisionId).ConfigureAwait(false)) return true;
        await Share(ShareOf(decisionId, options)).DropAsync(decisionId, owner).ConfigureAwait(false);
        return false;
    }

    private IDeadLetterGrain Share(long share) => grains.GetGrain<IDeadLetterGrain>(share);

    private ICustomerDeliveryGrain Customer(string owner) => grains.GetGrain<ICustomerDeliveryGrain>(owner);
}
