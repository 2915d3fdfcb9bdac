namespace RealtimeInsight.Domain.Decisions;

/// <summary>What a condition can look at.</summary>
public enum ConditionField : byte
{
    /// <summary>Calibrated probabilities; a condition on one is not met before the first score.</summary>
    Churn,
    Abandonment,
    Purchase,

    /// <summary>Of the cart that the trigger is about, else of the one that changed last; 0 without one.</summary>
    CartValue,
    CartItems,
    CartAgeMinutes,
    Orders,
    MonetaryValue,

    /// <summary>Since the last order; not met without one.</summary>
    OrderRecencyDays,
    Sessions,
    Events,
    TenureDays,
    InactiveDays,
    DormancyLevel,

    /// <summary>1 to 5 of the newest review; not met without one.</summary>
    Rating,

    /// <summary>Probability that the newest labelled text is positive; not met without one.</summary>
    Sentiment,

    /// <summary>Negative texts so far; 0 where no text was labelled.</summary>
    Complaints,

    /// <summary>1 for known customers, 0 for visitors.</summary>
    IsKnown,

    /// <summary>Of the item looked at last, by what the whole shop does; not met where that is not kept.</summary>
    ItemPopularity,
    CategoryConversion,
    PriceRatio,

    /// <summary>Membership in a built-in segment: only <c>=</c> and <c>!=</c>.</summary>
    Segment,

    /// <summary>What the newest labelled text is about: only <c>=</c> and <c>!=</c>; not met without one.</summary>
    Topic,
}
