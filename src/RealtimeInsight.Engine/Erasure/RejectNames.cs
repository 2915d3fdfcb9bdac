using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Engine.Erasure;

/// <summary>What rejected items may call a customer.</summary>
public static class RejectNames
{
    /// <summary>Each as the whole of a value; a visitor has no mark before its anonymousId there.</summary>
    public static IEnumerable<string> Of(CustomerId id) =>
        id.IsVisitor && id.Value.Length > CustomerId.VisitorPrefix.Length
            ? [id.Value, id.Value[CustomerId.VisitorPrefix.Length..]]
            : [id.Value];
}
