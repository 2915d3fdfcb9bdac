using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// Decisions of one variant and their rewards. Time is cut into slots of a 16th of the time that a reward may take; a slot counts when
/// that time has passed for its last decision: before, the rewards that come early are known and the others are not (Chapelle 2014,
/// "Modeling delayed feedback"). Counted decisions lose half of their weight in a half-life.
/// <para>
/// What counts is a sum of weights that depend on a decision's slot and on the newest moment alone: the order in which decisions and
/// rewards come does not matter, up to rounding. 17 slots, whatever the traffic. Not thread-safe.
/// </para>
/// </summary>
public sealed class VariantTally
{
    /// <summary>The running slot and those whose rewards may still come.</summary>
    public const int Slots = SlotsOfReward + 1;

    private const int SlotsOfReward = 16;
    private const long None = long.MinValue;

    private readonly long[] _given = new long[Slots];
    private readonly long[] _rewarded = new long[Slots];
    private readonly long _slotMs;
    private readonly double _halfLifeSlots;

    /// <summary>Newest slot reached: the ring holds it and the 16 before it.</summary>
    private long _newest = None;

    /// <param name="rewardWithin">Above 0.</param>
    /// <param name="halfLife">Above 0.</param>
    public VariantTally(TimeSpan rewardWithin, TimeSpan halfLife)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rewardWithin, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(halfLife, TimeSpan.Zero);
        _slotMs = SlotMs(rewardWithin);
        _halfLifeSlots = halfLife.TotalMilliseconds / _slotMs;
    }

    /// <summary>Decisions that count, decayed to the newest slot.</summary>
    public double Given { get; private set; }

    /// <summary>Rewards among them, decayed.</summary>
    public double Rewarded { get; private set; }

    /// <summary>Decisions whose time for a reward has not passed.</summary>
    public long Open
    {
        get
        {
            long sum = 0;
            foreach (var count in _given) sum += count;
            return sum;
        }
    }

    public BetaPosterior Posterior => new(1 + Rewarded, 1 + Math.Max(0, Given - Rewarded));

    /// <summary>Length of a slot where rewards take so long at most.</summary>
    public static long SlotMs(TimeSpan rewardWithin) =>
        Math.Max(1, ((long)rewardWithin.TotalMilliseconds + SlotsOfReward - 1) / SlotsOfReward);

    /// <summary>Notes a decision.</summary>
    public void NoteGiven(Instant at)
    {
        if (TryPlace(at, out var place, out var weight)) _given[place]++;
        else Given += weight;
    }

    /// <summary>Notes that a decision was rewarded in time.</summary>
    /// <param name="decidedAt">When it was decided.</param>
    public void NoteRewarded(Instant decidedAt)
    {
        if (TryPlace(decidedAt, out var place, out var weight)) _rewarded[place]++;
        else Rewarded += weight;
    }

    /// <summary>The clock has come this far; true when a slot is over, so that something more may count.</summary>
    public bool Reach(Instant now)
    {
        var slot = SlotOf(now);
        if (_newest == None) _newest = slot;
        if (slot <= _newest) return false;
        var fading = Math.Pow(0.5, (slot - _newest) / _halfLifeSlots);
        Given *= fading;
        Rewarded *= fading;
        for (var left = _newest - SlotsOfReward; left <= Math.Min(_newest, slot - Slots); left++)
        {
            var place = PlaceOf(left);
            var weight = Math.Pow(0.5, (slot - left) / _halfLifeSlots);
            Given += weight * _given[place];
            Rewarded += weight * _rewarded[place];
            (_given[place], _rewarded[place]) = (0, 0);
        }

        _newest = slot;
        return true;
    }

    /// <summary>Forgets the decisions whose rewards may still come; what counts stays.</summary>
    public void DropOpen()
    {
        Array.Clear(_given);
        Array.Clear(_rewarded);
    }

    /// <summary>What counts, under other times; without what was open.</summary>
    internal VariantTally With(TimeSpan rewardWithin, TimeSpan halfLife)
    {
        var other = new VariantTally(rewardWithin, halfLife) { Given = Given, Rewarded = Rewarded };
        if (_newest != None) other._newest = other.SlotOf(new Instant(_newest * _slotMs));
        return other;
    }

    internal void Write(ByteWriter writer)
    {
        writer.Signed(_newest);
        writer.Double(Given);
        writer.Double(Rewarded);
        foreach (var count in _given) writer.Unsigned((ulong)count);
        foreach (var count in _rewarded) writer.Unsigned((ulong)count);
    }

    /// <exception cref="FormatException">The bytes are not what <see cref="Write"/> wrote.</exception>
    internal void Read(ref ByteReader reader)
    {
        _newest = reader.Signed();
        (Given, Rewarded) = (Sum(ref reader), Sum(ref reader));
        for (var i = 0; i < Slots; i++) _given[i] = reader.Count(int.MaxValue);
        for (var i = 0; i < Slots; i++) _rewarded[i] = reader.Count(int.MaxValue);

        static double Sum(ref ByteReader reader) => reader.Double() is var sum && double.IsFinite(sum) && sum >= 0
            ? sum : throw reader.Malformed($"a sum of weights is {sum}, 0 or more is allowed");
    }

    private static int PlaceOf(long slot) => (int)(((slot % Slots) + Slots) % Slots);

    private long SlotOf(Instant at) => at.UnixMs >= 0 ? at.UnixMs / _slotMs : ((at.UnixMs + 1) / _slotMs) - 1;

    /// <summary>The place in the ring of a moment; false, with its weight, for one whose slot counts already.</summary>
    private bool TryPlace(Instant at, out int place, out double weight)
    {
        Reach(at);
        var slot = SlotOf(at);
        place = PlaceOf(slot);
        weight = Math.Pow(0.5, (_newest - slot) / _halfLifeSlots);
        return slot > _newest - Slots;
    }
}
