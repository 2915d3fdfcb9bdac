using RealtimeInsight.Insights.Learning;

namespace RealtimeInsight.Insights.Uplift;

/// <summary>
/// Effect of a treatment on the probability of an outcome: one logistic regression over features, treatment and their
/// interactions, so that what treated and control have in common is learned from both.
/// </summary>
public sealed class UpliftModel
{
    private readonly LogisticRegression _model;

    private UpliftModel(LogisticRegression model) => _model = model;

    /// <param name="ridge">Penalty on standardised weights, in units of one case.</param>
    public static UpliftModel Fit(IReadOnlyList<double[]> rows, IReadOnlyList<bool> treated, IReadOnlyList<bool> outcomes, double ridge)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(treated);
        double[][] design = [.. rows.Select((row, i) => Row(row, treated[i]))];
        return new UpliftModel(LogisticRegression.Fit(design, outcomes, ridge));
    }

    /// <summary>Outcome probability with the treatment minus without.</summary>
    public double Effect(double[] row) => _model.Predict(Row(row, treated: true)) - _model.Predict(Row(row, treated: false));

    /// <summary>Outcome probability without the treatment.</summary>
    public double Untreated(double[] row) => _model.Predict(Row(row, treated: false));

    private static double[] Row(double[] features, bool treated)
    {
        var side = treated ? 0.5 : -0.5;
        return [.. features, side, .. features.Select(feature => side * feature)];
    }
}
