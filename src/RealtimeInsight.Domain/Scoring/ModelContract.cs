namespace RealtimeInsight.Domain.Scoring;

/// <summary>
/// Shapes and names shared by the behaviour model's graphs, the code that feeds them and the trainer.
/// Inputs: <c>tokens [B,T,F] float</c>, <c>ids [B,T,K] int64</c>, <c>length [B] int64</c> (fold only), <c>profile [B,P] float</c>,
/// <c>state_in [B,S] float</c>. Outputs: <c>state_out [B,S]</c>, <c>churn [B,1]</c>, <c>abandonment [B,1]</c>, <c>purchase [B,1]</c>
/// (raw logits, calibrated outside the graph), <c>item_query [B,D]</c>.
/// </summary>
public static class ModelContract
{
    public const int Version = 1;

    /// <summary>F: dense features of one event.</summary>
    public const int TokenFeatures = 16;

    /// <summary>K: integer ids of one event: kind, category bucket, brand bucket, item bucket.</summary>
    public const int TokenIds = 4;

    /// <summary>P: features of the customer's profile, session and cart after the event.</summary>
    public const int ProfileFeatures = 64;

    /// <summary>S: width of the recurrent state kept in the actor.</summary>
    public const int StateWidth = 64;

    /// <summary>D: width of the next-item query vector.</summary>
    public const int ItemQueryWidth = 16;

    public const int KindBuckets = 32;
    public const int CategoryBuckets = 512;
    public const int BrandBuckets = 256;
    public const int ItemBuckets = 4096;
}
