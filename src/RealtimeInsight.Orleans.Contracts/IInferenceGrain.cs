using RealtimeInsight.Orleans.Contracts.Inference;

namespace RealtimeInsight.Orleans.Contracts;

/// <summary>The inference pool of one silo, for callers elsewhere. Stateless: the key only chooses among silos.</summary>
[Alias("ri.inference")]
public interface IInferenceGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// Scores rows through the silo's pool, batched with those of other callers. One reply a row, in order; operating errors are replies.
    /// </summary>
    /// <exception cref="ContractVersionException">The request is of a version that the silo does not read.</exception>
    /// <exception cref="ArgumentException">A row's lengths are not those of the model contract.</exception>
    [Alias("score")]
    Task<ScoreRowsReply> ScoreAsync(ScoreRowsRequest request);
}
