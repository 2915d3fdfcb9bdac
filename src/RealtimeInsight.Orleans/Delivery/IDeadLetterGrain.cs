using RealtimeInsight.Orleans.Actors;

namespace RealtimeInsight.Orleans.Delivery;

/// <summary>
/// A share of the cluster's list of dead letters, by decision id. It is told by the customers, who have the letters; the key is its number.
/// </summary>
[Alias("ri.dead-letters")]
internal interface IDeadLetterGrain : IGrainWithIntegerKey
{
    /// <summary>Returns when it is stored. Telling it again changes nothing.</summary>
    [Alias("tell")]
    Task TellAsync(DeadLetterNews news);

    /// <summary>The newest death first.</summary>
    [Alias("list")]
    Task<ListedLetter[]> ListAsync(DeadLetterQuery query);

    /// <summary>The key of the customer who has the letter; null for one that is not listed.</summary>
    [Alias("owner")]
    Task<string?> OwnerAsync(string decisionId);

    /// <summary>Takes a letter off that its customer does not have.</summary>
    [Alias("drop")]
    Task DropAsync(string decisionId, string owner);
}

/// <summary>What an operator asks a customer about its dead letters.</summary>
[Alias("ri.customer-delivery")]
internal interface ICustomerDeliveryGrain : IGrainWithStringKey
{
    /// <summary>Null where the customer has no such letter.</summary>
    [Alias("find-dead")]
    Task<StoredDeadLetter?> FindDeadAsync(string decisionId);

    /// <summary>Makes it pending again; returns when that is saved and the list knows. False where there is no such letter.</summary>
    [Alias("redrive")]
    Task<bool> RedriveAsync(string decisionId);
}

/// <param name="Dead">Letters that a customer has.</param>
/// <param name="Gone">Decisions of which it has none any more.</param>
[GenerateSerializer, Immutable, Alias("ri.dead-letter-news")]
internal sealed record DeadLetterNews([property: Id(0)] ListedLetter[] Dead, [property: Id(1)] string[] Gone);

/// <param name="Owner">Key of the customer who has it.</param>
/// <param name="CustomerId">For whom it was decided.</param>
[GenerateSerializer, Immutable, Alias("ri.listed-letter")]
internal sealed record ListedLetter(
    [property: Id(0)] string DecisionId,
    [property: Id(1)] string Owner,
    [property: Id(2)] string CustomerId,
    [property: Id(3)] string Channel,
    [property: Id(4)] long CreatedAtMs,
    [property: Id(5)] long DiedAtMs,
    [property: Id(6)] int Attempts,
    [property: Id(7)] int? StatusCode,
    [property: Id(8)] string? Reason);

/// <summary>All that is given has to hold.</summary>
[GenerateSerializer, Immutable, Alias("ri.dead-letter-query")]
internal sealed record DeadLetterQuery
{
    [Id(0)]
    public required int Limit { get; init; }

    /// <summary>As policies name them; null for all.</summary>
    [Id(1)]
    public string[]? Channels { get; init; }

    [Id(2)]
    public long? CreatedFromMs { get; init; }

    [Id(3)]
    public long? CreatedBeforeMs { get; init; }

    /// <summary>Of the last letter before; null for the beginning.</summary>
    [Id(4)]
    public long? AfterDiedAtMs { get; init; }

    [Id(5)]
    public string? AfterDecisionId { get; init; }
}

/// <summary>What is stored of a share.</summary>
[GenerateSerializer, Alias("ri.dead-letters-state")]
internal sealed class DeadLetterState
{
    [Id(0)]
    public List<ListedLetter> Letters { get; set; } = [];
}
