namespace RealtimeInsight.Insights.Lifetime;

/// <summary>A fitted model of how customers buy until they stop.</summary>
public interface IPurchaseModel
{
    string Name { get; }

    /// <summary>The four fitted parameters.</summary>
    DropoutParameters Parameters { get; }

    /// <summary>Log likelihood of the histories that the model was fitted to.</summary>
    double LogLikelihood { get; }

    /// <summary>Expected purchases in the next <paramref name="weeks"/> weeks.</summary>
    double ExpectedPurchases(PurchaseHistory history, double weeks);

    /// <summary>Probability that the customer has not stopped buying.</summary>
    double ProbabilityAlive(PurchaseHistory history);
}
