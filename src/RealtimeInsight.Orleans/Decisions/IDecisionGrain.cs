namespace RealtimeInsight.Orleans.Decisions;

/// <summary>Whose decision an id is. The key is the decision's id.</summary>
[Alias("ri.decision-owner")]
internal interface IDecisionGrain : IGrainWithStringKey
{
    /// <summary>Returns when it is stored.</summary>
    [Alias("note")]
    Task NoteAsync(string customer);

    /// <summary>The key under which it was decided, which may have been merged since; null for an unknown decision.</summary>
    [Alias("find")]
    Task<string?> FindAsync();

    /// <summary>Returns when it is stored nowhere.</summary>
    [Alias("forget")]
    Task ForgetAsync();
}

/// <summary>What is stored of a decision's owner.</summary>
[GenerateSerializer, Alias("ri.decision-owner-state")]
internal sealed class DecisionOwnerState
{
    [Id(0)]
    public string Customer { get; set; } = "";
}
