using Orleans.Serialization.Invocation;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Decisions;
using RealtimeInsight.Orleans.Erasing;
using RealtimeInsight.Orleans.Rejects;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>
/// Erasing the customer with all of its ids, each in a turn of its own. <see cref="ICustomerErasureGrain"/> says in which order.
/// </summary>
internal sealed partial class CustomerGrain
{
    private ICustomerErasureGrain SelfErased => this.AsReference<ICustomerErasureGrain>();

    /// <summary>
    /// True for a call that waits for turns of this grain, and so must not hold one. Said here and not at the contract's method, where it
    /// would count for callers of the same build alone.
    /// </summary>
    public static bool IsErasure(IInvokable request) =>
        request.GetMethodName() == nameof(ICustomerGrain.EraseAsync) && request.GetInterfaceType() == typeof(ICustomerGrain);

    /// <inheritdoc/>
    public Task EraseAsync() => EraseAllAsync(_id.Value);

    /// <inheritdoc/>
    public async Task<ErasureReply?> EraseAllAsync(string asked)
    {
        for (var attempt = 0; attempt < TriesMax; attempt++)
        {
            if (SavedForward is { } forward)
            {
                // What was given and not taken yet is the customer's: a turn of this id offers it.
                if (forward.Given is null) return await Erased(forward.To).EraseAllAsync(asked);
                await this.AsReference<ICustomerGrain>().FlushAsync();
                continue;
            }

            var look = await SelfErased.LookAsync();
            if (look.Parted is { } part)
            {
                await RestoreOtherAsync(part);

                // Perhaps the asked id is no part of this customer any more.
                if (asked != _id.Value) return await Erased(asked).EraseAllAsync(asked);
            }
            else if (look is { IsForwarding: false, IsKnown: false })
            {
                // An erasure that was cut off behind its last step but one.
                if (asked != _id.Value) await Erased(asked).ReleaseAsync(_actor.ReleaseOf(asked));
                var rejects = await Rejects().DropAsync([asked]);
                return rejects == 0 ? null : new ErasureReply(0, 0, 0, rejects);
            }
            else if (!look.IsForwarding && await EraseAsync(look.Releases, asked) is { } reply)
            {
                return reply;
            }

            await WaitAsync(attempt);
        }

        throw new TimeoutException($"the customer is busy with a merge after {TriesMax} attempts; try again");
    }

    /// <inheritdoc/>
    public async Task<ErasureLook> LookAsync()
    {
        var isForwarding = _actor.Forward is not null;
        if (isForwarding || _actor.Parted is not null) return new ErasureLook(false, [], _actor.Parted, isForwarding);

        // An erasure whose write failed is not over.
        if (!_actor.IsKnown && !IsSaved) await FinishTurnAsync(mustBeSaved: true);
        return new ErasureLook(_actor.IsKnown, [.. _actor.Members.Select(_actor.ReleaseOf)]);
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(StoredPart release)
    {
        if (_actor.Release(release with { ErasedAtMs = Math.Max(release.ErasedAtMs, core.Now.UnixMs) })) ForgetOthers();
        await FinishTurnAsync(mustBeSaved: true);
    }

    /// <inheritdoc/>
    public async Task<ErasureReply?> EraseInTurnAsync(string[] released)
    {
        if (_actor.Forward is not null || _actor.Parted is not null || _actor.Members.Except(released).Any()) return null;
        var decisions = _actor.DecisionsKnown();
        var events = _actor.History.IsWhole ? _actor.History.Read().Count : 0;
        var ids = _actor.Members.Count() + 1;

        // Before the customer goes: from it they are found, and what fails is done again.
        await ForgetDecisionsAsync(decisions);
        _actor.Erase();
        ForgetOthers();
        await FinishTurnAsync(mustBeSaved: true);
        return new ErasureReply(ids, events, decisions.Count, 0);
    }

    /// <summary>The steps of an erasure; null when somebody came between them.</summary>
    private async Task<ErasureReply?> EraseAsync(StoredPart[] releases, string asked)
    {
        string[] members = [.. releases.Select(static release => release.To)];
        var rejects = await Rejects().DropAsync(members.Append(_id.Value));
        foreach (var release in releases.Reverse().Where(release => release.To != asked)) await Erased(release.To).ReleaseAsync(release);
        if (await SelfErased.EraseInTurnAsync(members) is not { } reply) return null;
        if (Array.Find(releases, release => release.To == asked) is { } last) await Erased(asked).ReleaseAsync(last);
        GrainLog.Erased(core.Logger, reply.Ids, reply.Events, reply.Decisions, rejects);
        return reply with { Rejects = rejects };
    }

    /// <summary>Events from before the id was erased are duplicates, also for an id that forwards; the others go on.</summary>
    private async Task<ObserveReply> ObserveRestAsync(EventBatch batch)
    {
        var outcomes = new EventOutcome[batch.Events.Length];
        int[] rest = [.. Enumerable.Range(0, outcomes.Length).Where(i => !_actor.IsGone(batch.Events[i]))];
        Array.Fill(outcomes, EventOutcome.Duplicate);
        for (var i = rest.Length; i < outcomes.Length; i++) core.Instruments.Observed(EventOutcome.Duplicate);
        if (rest.Length == 0)
        {
            await FinishTurnAsync(batch.MustBeSaved);
            return new ObserveReply(outcomes, IsSaved);
        }

        var reply = await ObserveAsync(batch with
        {
            Events = [.. rest.Select(i => batch.Events[i])],
            Offsets = batch.Offsets is { } offsets ? [.. rest.Select(i => offsets[i])] : null,
        });
        for (var i = 0; i < rest.Length; i++) outcomes[rest[i]] = reply.Outcomes[i];
        return reply with { Outcomes = outcomes };
    }

    /// <summary>An id hands over what it had before this customer was erased: that is forgotten, and the id is its own.</summary>
    private async Task<StoredPart> RefuseAsync(StoredPart given)
    {
        await ForgetDecisionsAsync(_actor.Refuse(given));
        await FinishTurnAsync(mustBeSaved: true);
        return _actor.ReleaseOf(given.From);
    }

    private Task ForgetDecisionsAsync(IEnumerable<string> decisions) =>
        Task.WhenAll(decisions.Select(id => GrainFactory.GetGrain<IDecisionGrain>(id).ForgetAsync()));

    /// <summary>Whom this customer met.</summary>
    private void ForgetOthers()
    {
        _foreign.Clear();
        _linkLater.Clear();
    }

    private ClusterRejects Rejects() => new(GrainFactory, core.Options);

    private ICustomerErasureGrain Erased(string id) => GrainFactory.GetGrain<ICustomerErasureGrain>(id);
}
