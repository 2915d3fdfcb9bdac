using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Engine.Watching;

/// <summary>
/// The scores of one head that wait for their outcome: a ring in the order in which they were made, with a chain for each customer. Which
/// moments are followed depends on a draw of the moment alone: when the ring is full, the draws that count are halved and what is above
/// goes, so that what stays is a fair sample however the outcomes will be. One writer; nothing is allocated once the ring has its size.
/// </summary>
internal sealed class PendingOutcomes(ScoreHead head, int capacity, TimeSpan grace, ModelMonitor monitor)
{
    private const long None = -1;
    private const int FirstSize = 256;
    private readonly Dictionary<ulong, long> _newest = [];
    private readonly long _graceMs = (long)grace.TotalMilliseconds;
    private PendingScore[] _ring = [];

    // Numbers of entries; entry n is at n modulo the ring's length.
    private long _first;
    private long _end;
    private ulong _followedUpTo = ulong.MaxValue;
    private long _changedAt;
    private long _unfollowed;
    private long _open;

    public ScoreHead Head => head;

    /// <summary>When the first entry has to be looked at.</summary>
    public long NextDue { get; private set; } = long.MaxValue;

    /// <summary>Largest draw that is followed.</summary>
    public ulong FollowedUpTo => _followedUpTo;

    public WaitingScores Waiting => new(
        ModelHeads.All[(int)head], Volatile.Read(ref _open), ShareOf(Volatile.Read(ref _followedUpTo)), Volatile.Read(ref _unfollowed));

    /// <summary>Part of the moments with a draw up to this one.</summary>
    public static double ShareOf(ulong followedUpTo) => (followedUpTo + 1d) / (ulong.MaxValue + 1d);

    /// <summary>Follows a score, in the place of an earlier one of the same customer and moment.</summary>
    public void Add(in PendingScore score)
    {
        if (score.Draw > _followedUpTo) return;
        if (Find(score.Customer, score.At) is >= 0 and var same)
        {
            ref var entry = ref At(same);
            var before = entry.Before;
            if (!entry.IsOpen) _open++;
            entry = score;
            (entry.Before, entry.IsOpen) = (before, true);
            return;
        }

        if (_end - _first == _ring.Length && !TryMakeRoom(score)) return;
        var number = _end++;
        ref var added = ref At(number);
        added = score;
        added.IsOpen = true;
        Link(ref added, number);
        _open++;
        if (number == _first) NextDue = score.Due + _graceMs;
    }

    /// <summary>Adds what a shadow made of a moment, where that is followed.</summary>
    public void Shadow(ulong customer, long at, uint stamp, float score)
    {
        if (Find(customer, at) is not (>= 0 and var number)) return;
        ref var entry = ref At(number);
        (entry.ShadowStamp, entry.ShadowScore) = (stamp, score);
    }

    /// <summary>The moment turned out to be none that the head is asked at.</summary>
    public void Drop(ulong customer, long at)
    {
        if (Find(customer, at) is not (>= 0 and var number) || !At(number).IsOpen) return;
        At(number).IsOpen = false;
        _open--;
    }

    /// <summary>
    /// The outcome came: what was scored before has its label. It is counted with the end of its horizon: counted at once, what comes early
    /// would outweigh what never comes, until the first horizon is over and after every change of a model.
    /// </summary>
    /// <param name="order">The order that it is; 0 where it has no id or is none.</param>
    public void Came(ulong customer, Instant at, ulong order)
    {
        if (!_newest.TryGetValue(customer, out var number)) return;
        for (; number >= _first; number = At(number).Before)
        {
            ref var entry = ref At(number);
            var isInTime = entry.At < at.UnixMs && at.UnixMs <= entry.Due;
            if (isInTime && OutcomeRules.IsOtherOrder(entry.OwnOrder, order)) entry.HasCome = true;
        }
    }

    /// <summary>Counts the scores whose horizon and grace have passed, with their label.</summary>
    /// <param name="outcome">The label of those that nothing came for; the others have the contrary.</param>
    public void Pass(Instant now, bool outcome)
    {
        NextDue = long.MaxValue;
        var horizonMs = 0L;
        for (; _first < _end; _first++)
        {
            ref var entry = ref At(_first);
            if (entry.IsOpen)
            {
                NextDue = entry.Due + _graceMs;
                if (NextDue > now.UnixMs) break;
                Settle(ref entry, entry.HasCome ? !outcome : outcome);
                NextDue = long.MaxValue;
            }

            horizonMs = entry.Due - entry.At;
            if (_newest[entry.Customer] == _first) _newest.Remove(entry.Customer);
        }

        if (_followedUpTo != ulong.MaxValue && _end - _first < capacity / 8) FollowMore(now.UnixMs, horizonMs);
    }

    /// <summary>Takes a customer's scores out, oldest first, to be followed under another id.</summary>
    public List<PendingScore> Give(ulong customer)
    {
        var given = new List<PendingScore>();
        if (!_newest.TryGetValue(customer, out var number)) return given;
        for (; number >= _first; number = At(number).Before)
        {
            ref var entry = ref At(number);
            if (!entry.IsOpen) continue;
            given.Add(entry);
            entry.IsOpen = false;
            _open--;
        }

        given.Reverse();
        return given;
    }

    /// <summary>Takes scores in that were followed elsewhere.</summary>
    public void Take(ulong customer, IReadOnlyList<PendingScore> given)
    {
        foreach (var score in given) Add(score with { Customer = customer });
    }

    /// <summary>Goes on with what was followed before.</summary>
    public void Restore(ulong followedUpTo, IEnumerable<PendingScore> scores)
    {
        Volatile.Write(ref _followedUpTo, followedUpTo);
        foreach (var score in scores) Add(score);
    }

    /// <summary>What is followed, oldest first.</summary>
    public IEnumerable<PendingScore> Open()
    {
        for (var number = _first; number < _end; number++)
        {
            if (At(number).IsOpen) yield return At(number);
        }
    }

    private ref PendingScore At(long number) => ref _ring[number & (_ring.Length - 1)];

    private long Find(ulong customer, long at)
    {
        if (!_newest.TryGetValue(customer, out var number)) return None;
        // A customer's entries are in the order of their moments, the newest first.
        for (; number >= _first && At(number).At >= at; number = At(number).Before)
        {
            if (At(number).At == at) return number;
        }

        return None;
    }

    /// <summary>Makes an entry the newest of its customer.</summary>
    private void Link(ref PendingScore entry, long number)
    {
        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newest, entry.Customer, out var isKnown);
        entry.Before = isKnown ? newest : None;
        newest = number;
    }

    private void Settle(ref PendingScore entry, bool outcome)
    {
        entry.IsOpen = false;
        _open--;
        monitor.Resolved(new ResolvedScore(
            head, entry.Customer, new Instant(entry.At), new Instant(entry.Due), entry.Stamp, entry.Score, entry.ShadowStamp,
            entry.ShadowScore, outcome));
    }

    /// <summary>Makes the ring larger, up to its limit, then lets settled entries go, then halves the sample; false when the draw is
    /// out.</summary>
    private bool TryMakeRoom(in PendingScore score)
    {
        if (_ring.Length < capacity)
        {
            var larger = new PendingScore[Math.Max(Math.Min(FirstSize, capacity), _ring.Length * 2)];
            for (var number = _first; number < _end; number++) larger[number & (larger.Length - 1)] = At(number);
            _ring = larger;
            return true;
        }

        Compact();
        while (_end - _first > capacity / 2)
        {
            Volatile.Write(ref _followedUpTo, _followedUpTo >> 1);
            _changedAt = score.At;
            Compact();
        }

        return score.Draw <= _followedUpTo;
    }

    private void Compact()
    {
        _newest.Clear();
        var to = _first;
        for (var number = _first; number < _end; number++)
        {
            var entry = At(number);
            if (!entry.IsOpen) continue;
            if (entry.Draw > _followedUpTo)
            {
                _unfollowed++;
                _open--;
                continue;
            }

            Link(ref entry, to);
            At(to++) = entry;
        }

        _end = to;
        NextDue = _first < _end ? At(_first).Due + _graceMs : long.MaxValue;
    }

    /// <summary>Little is left of a full ring: as many more are followed as would fill half of it, once a horizon.</summary>
    private void FollowMore(long now, long horizonMs)
    {
        if (now - _changedAt < horizonMs) return;
        _changedAt = now;
        var followed = _followedUpTo;
        for (var entries = Math.Max(1, _end - _first); entries < capacity / 4 && followed != ulong.MaxValue; entries *= 2)
        {
            followed = (followed << 1) | 1;
        }

        Volatile.Write(ref _followedUpTo, followed);
    }
}
