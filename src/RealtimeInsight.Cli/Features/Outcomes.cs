namespace RealtimeInsight.Cli.Features;

/// <summary>What the events of a source can tell about what came after; the labels of everything else are masked.</summary>
[Flags]
public enum Outcomes : byte
{
    None = 0,

    /// <summary>Customers keep their ids, so that a return is seen as one.</summary>
    Churn = 1,

    /// <summary>Carts and orders are both recorded.</summary>
    Abandonment = 2,

    /// <summary>Orders are recorded.</summary>
    Purchase = 4,

    /// <summary>Product views or additions are recorded one by one.</summary>
    NextItem = 8,

    All = Churn | Abandonment | Purchase | NextItem,
}
