using RealtimeInsight.Orleans.Contracts.Events;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Contracts;

/// <summary>
/// What all customers do with one product: counted behind, within a second or two, and not to the last event when a silo dies. The key is
/// the shop's product id.
/// </summary>
[Alias("ri.product")]
public interface IProductGrain : IGrainWithStringKey
{
    /// <summary>What is known now; null for a product of which nothing was seen.</summary>
    [Alias("get")]
    Task<ProductReply?> GetAsync();

    /// <summary>Counts what a silo's customers did.</summary>
    /// <exception cref="ContractVersionException">The notes are of a version that the silo does not read.</exception>
    [Alias("note")]
    Task NoteAsync(ProductNotes notes);
}
