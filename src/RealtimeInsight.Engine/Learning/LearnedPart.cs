namespace RealtimeInsight.Engine.Learning;

/// <summary>What is learned, each by itself.</summary>
public enum LearnedPart
{
    /// <summary>What the variants of rules turned out to be worth.</summary>
    Variants,

    /// <summary>What customers look at after what.</summary>
    Items,

    /// <summary>What the whole shop does.</summary>
    Statistics,
}
