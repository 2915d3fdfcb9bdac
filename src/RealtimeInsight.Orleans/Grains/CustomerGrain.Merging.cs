using Orleans.Storage;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;
using RealtimeInsight.Orleans.Merging;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// Merging two customers in two steps, each one write: the one that ends saves that it forwards and what it gives, then the other saves
/// what it took. Until it knows that, the one that ended offers what it gave: with each call, by a timer, and when the deadline index
/// calls. An un-merge is the same the other way round. <see cref="ICustomerMergeGrain"/> says who waits for whom.
/// </summary>
internal sealed partial class CustomerGrain
{
    private const int TriesMax = 12;
    private static readonly TimeSpan s_tryWaitMin = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_tryWaitMax = TimeSpan.FromSeconds(1);
    private const int ForeignMax = 64;

    /// <summary>Histories asked for by others that wait for a turn, by ticket.</summary>
    private readonly Dictionary<long, (string To, TaskCompletionSource Refused)> _askedFor = [];

    /// <summary>Visitors of events that belong to other customers, or stay apart: nobody need ask again.</summary>
    private readonly HashSet<CustomerId> _foreign = [];
    private readonly List<(CustomerId Visitor, GiveCause Cause)> _linkLater = [];

    /// <summary>Visitors that were asked in this turn: what they do at the same time has no order to this customer's events.</summary>
    private readonly HashSet<CustomerId> _asked = [];
    private IGrainTimer? _links;
    private IGrainTimer? _parting;
    private long _ticket;
    private bool _isTaking;
    private bool _isGiving;

    private ICustomerMergeGrain Self => this.AsReference<ICustomerMergeGrain>();

    /// <summary>Where this id's events go, once that is saved: for calls that interleave.</summary>
    private StoredForward? SavedForward => _isGiving ? null : _actor.Forward;

    private Instant LinksWakeAt => _actor.Forward is { Given: not null } || _actor.Parted is not null
        ? core.Now + core.Options.DeliveryWaitMin
        : Instant.Never;

    /// <inheritdoc/>
    public async Task<MergeReply> MergeAsync(string from)
    {
        _ = CustomerId.Parse(from);
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            if (SavedForward is { } forward) return await GrainFactory.GetGrain<ICustomerGrain>(forward.To).MergeAsync(from);
            var step = await Self.MergeInTurnAsync(from);
            if (step.Reply is { } reply) return reply;
            if (step.Parted is { } part) await RestoreOtherAsync(part);
            else await WaitAsync(attempt);
        }

        throw new TimeoutException($"one of the customers is busy with another merge after {TriesMax} attempts; try again");
    }

    /// <inheritdoc/>
    public async Task<MergeReply> UnmergeAsync(string from)
    {
        _ = CustomerId.Parse(from);
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            if (SavedForward is { } forward) return await GrainFactory.GetGrain<ICustomerGrain>(forward.To).UnmergeAsync(from);
            var step = await Self.PartInTurnAsync(from);
            if (step.Parted is { } part) await RestoreOtherAsync(part);
            if (step.Reply is { } reply) return reply;
            if (step.Parted is null) await WaitAsync(attempt);
        }

        throw new TimeoutException($"the customer is busy with another merge after {TriesMax} attempts; try again");
    }

    /// <inheritdoc/>
    public async Task<string> RootAsync() => SavedForward is { } forward ? await Other(forward.To).RootAsync() : _id.Value;

    /// <inheritdoc/>
    public async Task<GiveReply> GiveAsync(GiveRequest request)
    {
        if (SavedForward is { } forward) return ForwardedTo(forward, request);

        // Asked with nearly every event of a customer who is known by both ids: what is not there needs no turn to be told.
        if (HasNothingFor(request)) return new GiveReply(GiveOutcome.Nothing);
        if (_isTaking && Refuses(request.To)) return new GiveReply(GiveOutcome.Busy);
        var ticket = ++_ticket;
        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _askedFor[ticket] = (request.To, refused);
        var given = Self.GiveInTurnAsync(request, ticket);
        if (await Task.WhenAny(given, refused.Task) == given) return await given;

        // The ticket is gone: the turn will find that and say the same.
        given.Ignore();
        return new GiveReply(GiveOutcome.Busy);
    }

    /// <inheritdoc/>
    public async Task<GiveReply> GiveInTurnAsync(GiveRequest request, long ticket)
    {
        if (!_askedFor.Remove(ticket)) return new GiveReply(GiveOutcome.Busy);
        if (_actor.Forward is { } forward) return ForwardedTo(forward, request);
        if (_actor.Parted is not null)
        {
            ArmLinks();
            return new GiveReply(GiveOutcome.Busy);
        }

        if (HasNothingFor(request)) return new GiveReply(GiveOutcome.Nothing);
        await PayAsync();
        var staysApart = _actor.StaysApart;
        _actor.Give(request.To);
        _isGiving = true;
        try
        {
            await SaveAsync(CancellationToken.None);
        }
        catch (InconsistentStateException exception)
        {
            GiveWay(exception);
            throw;
        }
        catch
        {
            _actor.KeepGiven(staysApart);
            ArmSave();
            throw;
        }
        finally
        {
            _isGiving = false;
        }

        ArmDeadline();
        ArmLinks();
        return new GiveReply(GiveOutcome.Given, _actor.Forward!.Given);
    }

    /// <inheritdoc/>
    public async Task<StoredPart?> TakeAsync(StoredPart given)
    {
        if (_actor.HasParted(given.From)) return _actor.Parted;
        while (_actor.Forward is { } forward)
        {
            if (forward.Given is not null) await OfferAsync();
            if (_actor.Forward is null) break;
            if (await Other(forward.To).TakeAsync(given) is not { } part) return null;
            if (part.To != _id.Value) return part;
            await RestoreAsync(part);
        }

        if (_actor.IsStale(given)) return await RefuseAsync(given);
        _actor.Take(given);
        await FinishTurnAsync(mustBeSaved: true);
        return null;
    }

    /// <inheritdoc/>
    public async Task<ForwardedReply> ObserveForwardedAsync(EventBatch batch, string sentTo)
    {
        while (_actor.Forward is not null)
        {
            var forwarded = await ForwardAsync(batch, sentTo);
            if (forwarded.Reply is not null || (forwarded.Parted is { } part && part.To != _id.Value)) return forwarded;
        }

        if (_actor.HasParted(sentTo)) return new ForwardedReply(null, _actor.Parted);
        if (_actor.FindMember(sentTo) is null)
        {
            if (_actor.WasErased) return new ForwardedReply(null, _actor.ReleaseOf(sentTo));
            throw new InvalidOperationException("the id that forwards is none of this customer's; the merge has to be finished first");
        }

        return new ForwardedReply(await ApplyAsync(batch, sentTo));
    }

    /// <inheritdoc/>
    public async Task<MergeStepReply> MergeInTurnAsync(string from)
    {
        if (_actor.Forward is not null) return new MergeStepReply(null);
        if (_actor.Parted is { } part) return new MergeStepReply(null, part);
        if (from == _id.Value) return Done(MergeOutcome.NothingToDo, _id.Value);
        if (_actor.FindMember(from) is not null) return Done(MergeOutcome.AlreadyMerged, _id.Value);
        var outcome = await TakeInAsync(from, GiveCause.Request);
        switch (outcome)
        {
            case GiveOutcome.Given:
                await FinishTurnAsync(mustBeSaved: true);
                return Done(MergeOutcome.Merged, _id.Value);
            case GiveOutcome.Nothing:
                return Done(MergeOutcome.Unknown, from);
            case GiveOutcome.Elsewhere:
                var owner = await Other(from).RootAsync();
                return Done(owner == _id.Value ? MergeOutcome.AlreadyMerged : MergeOutcome.BelongsToAnother, owner);
            default:
                return new MergeStepReply(null);
        }
    }

    /// <inheritdoc/>
    public async Task<MergeStepReply> PartInTurnAsync(string from)
    {
        if (_actor.Forward is not null) return new MergeStepReply(null);
        if (_actor.Parted is { } unfinished) return new MergeStepReply(null, unfinished);
        if (_actor.FindMember(from) is not { } member)
        {
            return Done(MergeOutcome.NothingToDo, from == _id.Value ? from : await Other(from).RootAsync());
        }

        // What it was merged into has been merged itself: that one has to come out first.
        if (member.Into != _id.Value) return Done(MergeOutcome.BelongsToAnother, member.Into);
        if (!_actor.TryPart(member)) return Done(MergeOutcome.TooLong, _id.Value);
        await FinishTurnAsync(mustBeSaved: true);
        ArmLinks();
        return new MergeStepReply(new MergeReply(MergeOutcome.Unmerged, from), _actor.Parted);
    }

    /// <inheritdoc/>
    public async Task RestoreAsync(StoredPart part)
    {
        if (_actor.Restore(part)) await FinishTurnAsync(mustBeSaved: true);
    }

    /// <inheritdoc/>
    public async Task RestoredAsync(string id)
    {
        if (_actor.Parted?.To != id) return;
        _actor.Restored();
        await FinishTurnAsync(mustBeSaved: false);
    }

    /// <summary>True where there is no history to give, or it stays apart; while it is being given it is there.</summary>
    private bool HasNothingFor(GiveRequest request) => !_isGiving && _actor.Parted is null
        && ((_actor.StaysApart && request.Cause != GiveCause.Request) || (!_actor.HasEvents && request.Cause != GiveCause.Alias));

    /// <summary>Merges the visitor of an event into this customer when it has a history and is nobody else's.</summary>
    private async Task LinkAsync(CustomerEvent item, CustomerId visitor)
    {
        if (!core.Options.MergeAutomatically || visitor == _id || _foreign.Contains(visitor)) return;
        if (_actor.FindMember(visitor.Value) is not null) return;
        var isRequest = item.Kind == EventKind.Identified && item.Subject == CustomerEvent.AliasSubject;
        if (!_asked.Add(visitor) && !isRequest) return;
        await LinkAsync(visitor, isRequest ? GiveCause.Alias : GiveCause.Event);
    }

    private async Task LinkAsync(CustomerId visitor, GiveCause cause)
    {
        if (_actor.FindMember(visitor.Value) is not null || _actor.HasParted(visitor.Value)) return;
        switch (await TakeInAsync(visitor.Value, cause))
        {
            case GiveOutcome.Elsewhere when _foreign.Count < ForeignMax:
                _foreign.Add(visitor);
                break;
            case GiveOutcome.Busy:
                _linkLater.Add((visitor, cause));
                Wake(ref _links, OnLinksAsync, core.Options.SaveRetryWait);
                break;
        }
    }

    /// <summary>Asks for a history and takes it in; the caller sees to it that it is saved.</summary>
    private async Task<GiveOutcome> TakeInAsync(string from, GiveCause cause)
    {
        _isTaking = true;
        try
        {
            // Those who wait for this turn, and whom this one may be going to wait for, are told to come back.
            foreach (var (ticket, (to, refused)) in _askedFor)
            {
                if (!Refuses(to)) continue;
                _askedFor.Remove(ticket);
                refused.SetResult();
            }

            var reply = await Other(from).GiveAsync(new GiveRequest(_id.Value, cause));
            if (reply.Outcome != GiveOutcome.Given) return reply.Outcome;

            // The other still has what an erasure was to forget: it offers that soon, and hears so.
            if (_actor.IsStale(reply.Given!)) return GiveOutcome.Busy;
            _actor.Take(reply.Given!);
            return GiveOutcome.Given;
        }
        finally
        {
            _isTaking = false;
        }
    }

    /// <summary>Sends a batch on to the customer that this id belongs to; without a reply when this id is its own again.</summary>
    private async Task<ForwardedReply> ForwardAsync(EventBatch batch, string sentTo)
    {
        if (_actor.Forward is { Given: not null }) await OfferAsync();
        if (_actor.Forward is not { } forward) return new ForwardedReply(null);
        var reply = await Other(forward.To).ObserveForwardedAsync(batch, sentTo);
        if (reply.Parted is { } part && part.To == _id.Value) await RestoreAsync(part);
        return reply;
    }

    /// <summary>The customer that this id belongs to, which has what this id gave; null when this is the customer.</summary>
    private async Task<ICustomerGrain?> CustomerAsync()
    {
        if (_actor.Forward is { Given: not null }) await OfferAsync();
        return _actor.Forward is { } forward ? GrainFactory.GetGrain<ICustomerGrain>(forward.To) : null;
    }

    /// <summary>Second step of a merge, from the side of the id that ended.</summary>
    private async Task OfferAsync()
    {
        var forward = _actor.Forward!;
        var part = await Other(forward.To).TakeAsync(forward.Given!);
        if (part is null) _actor.Taken();
        else if (part.To == _id.Value) await RestoreAsync(part);
        ArmSave();
    }

    /// <summary>Second step of an un-merge. Takes no turn here: the other may be waiting for one.</summary>
    private async Task RestoreOtherAsync(StoredPart part)
    {
        await Other(part.To).RestoreAsync(part);
        await Self.RestoredAsync(part.To);
    }

    /// <summary>Sees to it that a merge or un-merge is finished whose second step was not made with the first.</summary>
    private void ArmLinks()
    {
        if (_actor.Forward is { Given: not null }) Wake(ref _links, OnLinksAsync, core.Options.SaveRetryWait);
        if (_actor.Parted is null) return;
        _parting ??= this.RegisterGrainTimer(OnPartingAsync, Idle(interleaves: true));
        _parting.Change(core.Options.SaveRetryWait, Timeout.InfiniteTimeSpan);
    }

    private async Task OnLinksAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_actor.Forward is { Given: not null }) await OfferAsync();
            var links = _linkLater.ToArray();
            _linkLater.Clear();
            if (_actor.Forward is not null) return;
            foreach (var (visitor, cause) in links) await LinkAsync(visitor, cause);
            await FinishTurnAsync(mustBeSaved: false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GrainLog.MergeNotFinished(core.Logger, core.Options.SaveRetryWait, exception);
            ArmLinks();
        }
    }

    private async Task OnPartingAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_actor.Parted is { } part) await RestoreOtherAsync(part);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            GrainLog.MergeNotFinished(core.Logger, core.Options.SaveRetryWait, exception);
            ArmLinks();
        }
    }

    /// <summary>Lets others have their turns before the next attempt.</summary>
    private Task WaitAsync(int attempt)
    {
        var wait = s_tryWaitMin * Math.Pow(2, attempt);
        return Task.Delay(wait < s_tryWaitMax ? wait : s_tryWaitMax, core.Time);
    }

    /// <summary>
    /// Whether this id, while it takes another in, lets one that asks for its history come back later. In a circle of customers that take
    /// each other in one at least is refused, whatever their order: not every id can be smaller than the next.
    /// </summary>
    private bool Refuses(string other) => string.CompareOrdinal(_id.Value, other) > 0;

    private ICustomerMergeGrain Other(string id) => GrainFactory.GetGrain<ICustomerMergeGrain>(id);

    private static GiveReply ForwardedTo(StoredForward forward, GiveRequest request) =>
        forward.To == request.To && forward.Given is { } given
            ? new GiveReply(GiveOutcome.Given, given)
            : new GiveReply(GiveOutcome.Elsewhere);

    private static MergeStepReply Done(MergeOutcome outcome, string customer) => new(new MergeReply(outcome, customer));
}
