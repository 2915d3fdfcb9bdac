using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Inference;

/// <summary>
/// A part of the customers that stays the same: a customer's draw depends on its id and the salt alone, and one that is in a share is in
/// every larger share of the same salt.
/// </summary>
/// <param name="Fraction">0 (nobody) to 1 (everybody).</param>
/// <param name="Salt">Draws with different salts are independent.</param>
public readonly record struct CustomerShare(double Fraction, ulong Salt)
{
    private const double HashValues = ulong.MaxValue + 1.0;

    /// <param name="customerHash">The stable hash of the customer's id.</param>
    public bool Has(ulong customerHash) =>
        Fraction >= 1 || (Fraction > 0 && StableHash.Combine(customerHash, Salt) / HashValues < Fraction);

    internal static CustomerShare Of(double fraction, ModelIdentity model, string role) =>
        new(fraction, StableHash.Of($"{role} {model.Digest}"));
}
