using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>
/// What the API tells of one customer, without what depends on the moment of asking or deciding: two engines that were given the same
/// events have to agree on it.
/// </summary>
internal sealed class CustomerFacts : IDisposable
{
    public const string ReadKey = "kill-test-read-key";
    private readonly HttpClient _http;

    public CustomerFacts(Uri address)
    {
        _http = new HttpClient { BaseAddress = address };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ReadKey);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Returns when every shard has done what is due: a look at all customers is answered between two turns.</summary>
    public async Task SettleAsync()
    {
        for (var look = 0; look < 5; look++) await _http.GetStringAsync(new Uri("/v1/customers?view=at_risk&limit=1", UriKind.Relative));
    }

    /// <summary>Profile, cart, decisions and timeline as text; the ids of the actions that went out are added to a set.</summary>
    public async Task<string> ReadAsync(string customer, ISet<string> actions)
    {
        var insight = await GetAsync($"/v1/customers/{customer}");
        insight.Remove("as_of");
        insight.Remove("scores");
        insight.Remove("last_decisions");
        insight.Remove("segments");
        var profile = insight["profile"]!.AsObject();
        profile.Remove("rates");
        profile["rfm"]!.AsObject().Remove("recency_seconds");
        var timeline = JsonNode.Parse(
            await _http.GetStringAsync(new Uri($"/v1/customers/{customer}/timeline?limit=1000", UriKind.Relative)));
        var facts = timeline!.AsArray().Select(entry => Fact(entry!.AsObject(), actions)).Order(StringComparer.Ordinal);
        return $"{insight.ToJsonString()}\n{string.Join('\n', facts)}";
    }

    private static string Fact(JsonObject entry, ISet<string> actions)
    {
        var type = entry["type"]!.GetValue<string>();
        var detail = entry["detail"]!.AsObject();
        if (type != "decision") return $"{type} {entry["at"]} {entry["name"]} {detail.ToJsonString()}";
        var (id, status) = (detail["decision_id"]!.GetValue<string>(), detail["status"]!.GetValue<string>());
        if (status == "decided") actions.Add(id);
        return $"{type} {id} {entry["name"]} {detail["episode"]} {detail["trigger"]!["at"]} {status} {detail["reason"]}";
    }

    private async Task<JsonObject> GetAsync(string path) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative)))!.AsObject();
}
