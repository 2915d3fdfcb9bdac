namespace RealtimeInsight.Orleans.Grains;

/// <summary>The part of a read that needs a turn; asked by the grain itself.</summary>
[Alias("ri.customer-read")]
internal interface ICustomerReadGrain : IGrainWithStringKey
{
    /// <summary>Takes what is to be explained, for the reader that waits with this ticket.</summary>
    /// <returns>The customer to ask instead, when this id belongs to another.</returns>
    [Alias("capture")]
    Task<string?> CaptureAsync(long ticket, string? decisionId);
}
