using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// Corrects one head's probabilities by what they turned out to be worth: <c>p' = sigmoid(a * logit(p) + b)</c> (Platt 1999; fitted to
/// counts in bins, with a ridge towards a = 1 and b = 0). Scores are counted by their day, and a day counts once the horizon of its
/// last score has passed: before, the outcomes that come early are known and those that come late are not (Chapelle 2014, "Modeling
/// delayed feedback"), and what was learned from them would be wrong. When a day is over, a and b are fitted to the last
/// <see cref="Days"/> such days.
/// <para>
/// A fit is in force only as long as it proves itself: each day's scores are judged with the fit that there was when they were made
/// (prequential, Dawid 1984), and its mean daily gain in log loss over no correction has to exceed its standard error. What is in force
/// moves by at most <see cref="StepMax"/> a day, towards the fit or back, within fixed bounds.
/// </para>
/// Counting is additive, so the order of outcomes within a day does not matter. 6 to 50 KB by horizon; not thread-safe.
/// </summary>
public sealed class OnlineCalibration
{
    public const int Bins = 24;
    public const int Days = 30;

    /// <summary>Longest horizon that is waited for.</summary>
    public static readonly TimeSpan HorizonMax = TimeSpan.FromDays(180);

    /// <summary>Most that a, and b, change in a day.</summary>
    public const double StepMax = 0.1;
    public const double SlopeMin = 0.5;
    public const double SlopeMax = 2;
    public const double ShiftMax = 2;

    /// <summary>Outcomes and positives among them without which nothing is fitted.</summary>
    public const int OutcomesMin = 200;

    /// <summary>Days that a fit has to have been judged on.</summary>
    public const int JudgedMin = 3;

    private const int RarerMin = 20;
    private const byte Version = 1;
    private const long DayMs = 86_400_000;
    private const double LogitMax = 6;

    /// <summary>Weight of the ridge, as that many outcomes of average worth.</summary>
    private const double Ridge = 20;

    private const int NewtonSteps = 30;
    private const double LogitUnit = 1 << 20;

    private readonly int[] _positives;
    private readonly int[] _negatives;

    // Sums of the logits in units of 1/LogitUnit: whole numbers add up to the same in any order.
    private readonly long[] _logits;
    private readonly long[] _dayOf;
    private readonly double[] _gains;
    private readonly double[] _slopes;
    private readonly double[] _shifts;
    private readonly long _horizonMs;
    private readonly int _slots;
    private long _today = long.MinValue;

    /// <param name="horizon">How long an outcome may take; above 0, at most <see cref="HorizonMax"/>.</param>
    public OnlineCalibration(TimeSpan horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(horizon, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(horizon, HorizonMax);
        _horizonMs = (long)horizon.TotalMilliseconds;
        _slots = Days + (int)Math.Ceiling(horizon.TotalDays) + 2;
        (_positives, _negatives, _dayOf) = (new int[_slots * Bins], new int[_slots * Bins], new long[_slots]);
        _logits = new long[_slots * Bins];
        (_gains, _slopes, _shifts) = (new double[_slots], new double[_slots], new double[_slots]);
        Array.Fill(_dayOf, long.MinValue);
    }

    /// <summary>Factor of the logit; 1 before anything is learned.</summary>
    public double Slope { get; private set; } = 1;

    /// <summary>Added to the logit; 0 before anything is learned.</summary>
    public double Shift { get; private set; }

    public bool IsNeutral => Slope == 1 && Shift == 0;

    /// <summary>Outcomes that count, or will when the horizon of their day has passed.</summary>
    public long Outcomes
    {
        get
        {
            long sum = 0;
            for (var i = 0; i < _positives.Length; i++) sum += _positives[i] + _negatives[i];
            return sum;
        }
    }

    /// <summary>Days on which fits were judged, among those that count.</summary>
    public int Judged { get; private set; }

    /// <summary>The corrected probability.</summary>
    public double Apply(double probability) => IsNeutral ? probability : Sigmoid((Slope * Logit(probability)) + Shift);

    /// <summary>Counts an outcome; one of a score that is too old to count is left out.</summary>
    /// <param name="probability">As the model gave it, before any correction.</param>
    /// <param name="at">When it was scored.</param>
    /// <returns>True when a day was over and the correction changed.</returns>
    public bool Add(double probability, bool outcome, Instant at, Instant knownAt)
    {
        var isChanged = false;
        if (DayOf(knownAt.UnixMs) is var today && today > _today)
        {
            isChanged = _today != long.MinValue && Begin(today);
            _today = today;
        }

        var day = DayOf(at.UnixMs);
        if (day > _today || day <= _today - _slots) return isChanged;
        var slot = SlotOf(day);

        var logit = Logit(probability);
        var bin = (slot * Bins) + Math.Clamp((int)((logit + LogitMax) / (2 * LogitMax) * Bins), 0, Bins - 1);
        ref var count = ref (outcome ? _positives : _negatives)[bin];
        if (count == int.MaxValue) return isChanged;
        count++;
        _logits[bin] += (long)Math.Round(logit * LogitUnit);
        return isChanged;
    }

    /// <summary>Back to the probabilities as the model gives them; what was counted is forgotten.</summary>
    public void Reset()
    {
        (Slope, Shift, _today, Judged) = (1, 0, long.MinValue, 0);
        Array.Clear(_positives);
        Array.Clear(_negatives);
        Array.Clear(_logits);
        Array.Fill(_dayOf, long.MinValue);
    }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new ByteWriter(output);
        writer.Byte(Version);
        writer.Signed(_horizonMs);
        writer.Double(Slope);
        writer.Double(Shift);
        writer.Signed(_today);
        for (var i = 0; i < _slots; i++)
        {
            writer.Signed(_dayOf[i]);
            writer.Double(_gains[i]);
            writer.Double(_slopes[i]);
            writer.Double(_shifts[i]);
        }

        foreach (var count in _positives) writer.Unsigned((ulong)count);
        foreach (var count in _negatives) writer.Unsigned((ulong)count);
        foreach (var sum in _logits) writer.Signed(sum);
    }

    /// <exception cref="FormatException">The bytes are not what <see cref="Write"/> wrote.</exception>
    public static OnlineCalibration Read(ref ByteReader reader)
    {
        var version = reader.Byte();
        if (version != Version) throw reader.Malformed($"calibration version is {version}, this program reads {Version}");
        var horizonMs = reader.Signed();
        if (horizonMs <= 0 || horizonMs > HorizonMax.TotalMilliseconds) throw reader.Malformed($"a horizon is {horizonMs} ms");
        var found = new OnlineCalibration(TimeSpan.FromMilliseconds(horizonMs)) { Slope = reader.Double(), Shift = reader.Double() };
        found._today = reader.Signed();
        if (!(found.Slope is >= SlopeMin and <= SlopeMax) || !(Math.Abs(found.Shift) <= ShiftMax))
        {
            throw reader.Malformed($"calibration is {found.Slope}, {found.Shift}, out of its bounds");
        }

        for (var i = 0; i < found._slots; i++)
        {
            (found._dayOf[i], found._gains[i]) = (reader.Signed(), reader.Double());
            (found._slopes[i], found._shifts[i]) = (reader.Double(), reader.Double());
        }

        for (var i = 0; i < found._positives.Length; i++) found._positives[i] = reader.Count(int.MaxValue);
        for (var i = 0; i < found._negatives.Length; i++) found._negatives[i] = reader.Count(int.MaxValue);
        for (var i = 0; i < found._logits.Length; i++) found._logits[i] = reader.Signed();
        return found;
    }

    private static long DayOf(long unixMs) => unixMs >= 0 ? unixMs / DayMs : ((unixMs + 1) / DayMs) - 1;

    private int PlaceOf(long day) => (int)(((day % _slots) + _slots) % _slots);

    /// <summary>The place of a day, emptied when it held another; with the fit that there was when the day began.</summary>
    private int SlotOf(long day)
    {
        var slot = PlaceOf(day);
        if (_dayOf[slot] == day) return slot;
        (_dayOf[slot], _gains[slot], _slopes[slot], _shifts[slot]) = (day, double.NaN, 1, 0);
        Array.Clear(_positives, slot * Bins, Bins);
        Array.Clear(_negatives, slot * Bins, Bins);
        Array.Clear(_logits, slot * Bins, Bins);
        return slot;
    }

    private static double Logit(double probability)
    {
        var kept = double.IsNaN(probability) ? 0.5 : Math.Clamp(probability, 1e-6, 1 - 1e-6);
        return Math.Clamp(Math.Log(kept / (1 - kept)), -LogitMax, LogitMax);
    }

    private static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));

    /// <summary>
    /// A day begins: judges the days whose horizons have passed, fits to them, moves; true when what is in force has changed.
    /// </summary>
    private bool Begin(long today)
    {
        var newest = DayOf((today * DayMs) - _horizonMs) - 1;
        Span<double> positives = stackalloc double[Bins];
        Span<double> negatives = stackalloc double[Bins];
        Span<double> logits = stackalloc double[Bins];
        positives.Clear();
        negatives.Clear();
        logits.Clear();
        double yes = 0, no = 0, gain = 0, squares = 0;
        Judged = 0;
        for (var day = newest - Days + 1; day <= newest; day++)
        {
            var slot = PlaceOf(day);
            if (_dayOf[slot] != day) continue;
            if (double.IsNaN(_gains[slot])) _gains[slot] = GainOf(slot);
            if (_slopes[slot] != 1 || _shifts[slot] != 0)
            {
                Judged++;
                gain += _gains[slot];
                squares += _gains[slot] * _gains[slot];
            }

            for (var bin = 0; bin < Bins; bin++)
            {
                positives[bin] += _positives[(slot * Bins) + bin];
                negatives[bin] += _negatives[(slot * Bins) + bin];
                logits[bin] += _logits[(slot * Bins) + bin] / LogitUnit;
                yes += _positives[(slot * Bins) + bin];
                no += _negatives[(slot * Bins) + bin];
            }
        }

        var isEnough = yes + no >= OutcomesMin && Math.Min(yes, no) >= RarerMin;
        var (slope, shift) = isEnough ? Newton(positives, negatives, logits) : (1, 0);
        var begun = SlotOf(today);
        (_slopes[begun], _shifts[begun]) = (slope, shift);
        var (mean, before) = (gain / Math.Max(1, Judged), (Slope, Shift));
        var error = Math.Sqrt(Math.Max(0, (squares / Math.Max(1, Judged)) - (mean * mean)) / Math.Max(1, Judged - 1));
        if (Judged < JudgedMin || mean <= error) (slope, shift) = (1, 0);
        Slope = Math.Clamp(Slope + Math.Clamp(slope - Slope, -StepMax, StepMax), SlopeMin, SlopeMax);
        Shift = Math.Clamp(Shift + Math.Clamp(shift - Shift, -StepMax, StepMax), -ShiftMax, ShiftMax);
        return before != (Slope, Shift);
    }

    /// <summary>By how much a day's scores would have lost less, each, with the fit that there was when the day began.</summary>
    private double GainOf(int slot)
    {
        double gain = 0, count = 0;
        for (var bin = 0; bin < Bins; bin++)
        {
            double yes = _positives[(slot * Bins) + bin], no = _negatives[(slot * Bins) + bin];
            if (yes + no == 0) continue;
            var logit = _logits[(slot * Bins) + bin] / LogitUnit / (yes + no);
            var (raw, corrected) = (Sigmoid(logit), Sigmoid((_slopes[slot] * logit) + _shifts[slot]));
            gain += (yes * Math.Log(corrected / raw)) + (no * Math.Log((1 - corrected) / (1 - raw)));
            count += yes + no;
        }

        return count == 0 ? 0 : gain / count;
    }

    /// <summary>Ridge logistic regression on the bins' mean logits, by Newton's method; concave, so it has one answer.</summary>
    private static (double Slope, double Shift) Newton(
        ReadOnlySpan<double> positives, ReadOnlySpan<double> negatives, ReadOnlySpan<double> logits)
    {
        double slope = 1, shift = 0;
        for (var step = 0; step < NewtonSteps; step++)
        {
            double slopeGradient = -Ridge * (slope - 1), shiftGradient = -Ridge * shift;
            double slopes = Ridge, shifts = Ridge, both = 0;
            for (var bin = 0; bin < Bins; bin++)
            {
                var count = positives[bin] + negatives[bin];
                if (count == 0) continue;
                var logit = logits[bin] / count;
                var p = Sigmoid((slope * logit) + shift);
                var error = positives[bin] - (count * p);
                var weight = count * p * (1 - p);
                slopeGradient += error * logit;
                shiftGradient += error;
                slopes += weight * logit * logit;
                shifts += weight;
                both += weight * logit;
            }

            var determinant = (slopes * shifts) - (both * both);
            var (slopeStep, shiftStep) = (
                ((shifts * slopeGradient) - (both * shiftGradient)) / determinant,
                ((slopes * shiftGradient) - (both * slopeGradient)) / determinant);
            slope = Math.Clamp(slope + slopeStep, SlopeMin, SlopeMax);
            shift = Math.Clamp(shift + shiftStep, -ShiftMax, ShiftMax);
            if (Math.Abs(slopeStep) + Math.Abs(shiftStep) < 1e-10) break;
        }

        return (slope, shift);
    }
}
