using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RealtimeInsight.Host.Api;

/// <summary>The customer's id in the address of a request that changes something: such a request must not meet another customer.</summary>
internal static class AddressedId
{
    private const string Before = "/v1/customers/";

    /// <summary>
    /// The server decodes the path but for an encoded slash, so that <c>%2F</c> and <c>%252F</c> arrive alike; the address as it was sent
    /// tells them apart.
    /// </summary>
    /// <param name="id">As it was read from the path.</param>
    public static string Of(HttpContext context, string id)
    {
        if (!id.Contains("%2F", StringComparison.OrdinalIgnoreCase)) return id;
        var sent = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var start = sent.IndexOf(Before, StringComparison.OrdinalIgnoreCase);
        if (start < 0) return id;
        var rest = sent[(start + Before.Length)..];
        var end = rest.AsSpan().IndexOfAny('/', '?');
        return Uri.UnescapeDataString(end < 0 ? rest : rest[..end]);
    }
}
