using System.Numerics;
using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Inference.Learning;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Turns raw logits into probabilities, by each head's Platt scaling.</summary>
internal sealed class Calibrator
{
    private readonly Platt _churn;
    private readonly Platt _abandonment;
    private readonly Platt _purchase;

    public Calibrator(IReadOnlyDictionary<string, HeadCalibration> calibration)
        : this(calibration, HeadCorrections.Neutral)
    {
    }

    /// <param name="corrections">What the outcomes have shown since the model was trained.</param>
    public Calibrator(IReadOnlyDictionary<string, HeadCalibration> calibration, HeadCorrections corrections)
    {
        _churn = new Platt(calibration[ModelHeads.Churn], corrections.Churn);
        _abandonment = new Platt(calibration[ModelHeads.Abandonment], corrections.Abandonment);
        _purchase = new Platt(calibration[ModelHeads.Purchase], corrections.Purchase);
    }

    /// <summary>Calibrates the rows in use in place.</summary>
    public void Apply(ScoreBatch batch)
    {
        _churn.Apply(batch.Churn.AsSpan(0, batch.Rows));
        _abandonment.Apply(batch.Abandonment.AsSpan(0, batch.Rows));
        _purchase.Apply(batch.Purchase.AsSpan(0, batch.Rows));
    }

    public HeadScores Apply(HeadScores logits) =>
        new(_churn.Apply(logits.Churn), _abandonment.Apply(logits.Abandonment), _purchase.Apply(logits.Purchase));

    /// <summary>A correction of a Platt scaling is one again: s (a x + b) + t = (s a) x + (s b + t).</summary>
    private readonly struct Platt(HeadCalibration calibration, HeadCorrection correction)
    {
        private readonly float _a = (float)(correction.Slope * calibration.A);
        private readonly float _b = (float)((correction.Slope * calibration.B) + correction.Shift);

        public float Apply(float logit) => Probability(new Vector<float>(logit))[0];

        public void Apply(Span<float> logits)
        {
            var vectors = MemoryMarshal.Cast<float, Vector<float>>(logits);
            foreach (ref var vector in vectors)
            {
                vector = Probability(vector);
            }

            // The tail takes the same path, so that a probability does not depend on the row's place in its batch.
            foreach (ref var logit in logits[(vectors.Length * Vector<float>.Count)..])
            {
                logit = Apply(logit);
            }
        }

        private Vector<float> Probability(Vector<float> logits) =>
            Vector<float>.One / (Vector<float>.One + Vector.Exp(-((logits * _a) + new Vector<float>(_b))));
    }
}
