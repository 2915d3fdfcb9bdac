using System.Text.Json.Nodes;
using RealtimeInsight.Cli.Operate;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Models.Report;

/// <summary>
/// What the scores are made of over a sample of customers: for each head and part of the input the mean size of its Shapley value, and its
/// mean with the sign kept. The sample are customers with an open cart or a recent session, the ones most at risk first.
/// </summary>
/// <param name="Customers">Explained.</param>
/// <param name="Model">Version that explained them.</param>
internal sealed record Importance(int Customers, string Model, IReadOnlyList<ImportancePart> Parts)
{
    /// <summary>Null where no customer can be explained.</summary>
    /// <param name="customersMax">Most customers to ask about.</param>
    public static async Task<Importance?> OfAsync(EngineClient engine, int customersMax, CancellationToken cancellationToken)
    {
        var sums = new Dictionary<(string Head, string Group), (double Size, double Sum)>();
        var customers = 0;
        var model = "";
        var sample = await engine.GetAsync($"/v1/customers?view=at_risk&limit={customersMax}", cancellationToken).ConfigureAwait(false);
        foreach (var row in sample.AsArray())
        {
            var path = $"/v1/customers/{Uri.EscapeDataString((string)row!["customer_id"]!)}/explain?head=";
            foreach (var head in ModelHeads.All)
            {
                var answer = await engine.GetAsync(path + head, cancellationToken).ConfigureAwait(false);
                model = (string)answer["model"]!;
                Add(sums, head, answer["contributions"]!.AsArray());
            }

            customers++;
        }

        return customers == 0 ? null : new Importance(
            customers, model,
            [
                .. sums.Select(pair => new ImportancePart(
                    pair.Key.Head, pair.Key.Group, pair.Value.Size / customers, pair.Value.Sum / customers)),
            ]);
    }

    private static void Add(Dictionary<(string Head, string Group), (double Size, double Sum)> sums, string head, JsonArray contributions)
    {
        foreach (var contribution in contributions)
        {
            var (key, value) = ((head, (string)contribution!["group"]!), (double)contribution["value"]!);
            var before = sums.GetValueOrDefault(key);
            sums[key] = (before.Size + Math.Abs(value), before.Sum + value);
        }
    }
}

/// <param name="Size">Mean of the absolute contribution to the probability.</param>
/// <param name="Mean">Mean contribution: above 0 where it raises the probability more often than not.</param>
internal sealed record ImportancePart(string Head, string Group, double Size, double Mean);
