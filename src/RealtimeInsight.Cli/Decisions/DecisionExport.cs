using System.Globalization;
using System.IO.Compression;
using System.Text.Json.Nodes;
using CsvHelper;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Storage.Sqlite;

namespace RealtimeInsight.Cli.Decisions;

/// <summary>
/// Writes the drawn decisions of a store whose time for a reward has passed. Those that are rewarded already but whose time has not passed
/// wait with the others of their days: taking them alone would make everything look better than it is.
/// </summary>
internal sealed class DecisionExport(Instant settledUpTo)
{
    private readonly Dictionary<string, string> _customers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, RuleTally> _rules = new(StringComparer.Ordinal);

    /// <summary>By rule: what was written.</summary>
    public IReadOnlyDictionary<string, RuleTally> Rules => _rules;

    /// <summary>Given by a rule without variants: nothing was drawn, so there is no probability.</summary>
    public long WithoutPropensity { get; private set; }

    /// <summary>Held out, suppressed, put off or dropped: no variant was given.</summary>
    public long NotGiven { get; private set; }

    /// <summary>Whose reward may still come.</summary>
    public long Waiting { get; private set; }

    public long Written => _rules.Values.Sum(static rule => rule.Decisions);

    /// <summary>Replaces the file when all of it is written; packed where its name ends in .gz.</summary>
    public void Write(IEnumerable<JudgedDecision> decisions, string file, CancellationToken cancellationToken)
    {
        var partial = file + ".partial";
        try
        {
            using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
            using (var packed = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                ? new GZipStream(stream, CompressionLevel.Optimal) : null)
            using (var text = new StreamWriter((Stream?)packed ?? stream))
            using (var csv = new CsvWriter(text, CultureInfo.InvariantCulture))
            {
                Line(csv, DecisionColumns.Header);
                foreach (var decision in decisions)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Write(csv, decision);
                }
            }

            File.Move(partial, file, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    private void Write(CsvWriter csv, JudgedDecision decision)
    {
        if (decision.Status != DecisionRecord.WireName(DecisionStatus.Decided))
        {
            NotGiven++;
            return;
        }

        var record = JsonNode.Parse(decision.Record.Span)!;
        if (record["choice"] is not { } choice)
        {
            WithoutPropensity++;
            return;
        }

        // Records of before the member was written followed the reward to the end of the attribution window.
        var within = (long?)choice["reward_within_ms"] ?? (long)record["attribution_ends_at_ms"]! - decision.DecidedAt.UnixMs;
        var endsAt = new Instant(decision.DecidedAt.UnixMs + within);
        if (endsAt > settledUpTo)
        {
            Waiting++;
            return;
        }

        var isRewarded = decision.Outcome == DecisionRecord.WireName(OutcomeKind.Recovered) && decision.OutcomeAt <= endsAt;
        if (!_rules.TryGetValue(decision.Rule, out var tally)) _rules.Add(decision.Rule, tally = new RuleTally());
        tally.Add((string)choice["variant"]!, isRewarded);
        var odds = choice["variants"]!.AsArray().Select(static one =>
            $"{(string)one!["id"]!}={((double)one["probability"]!).ToString("0.######", CultureInfo.InvariantCulture)}");
        Line(csv,
        [
            decision.Id, Number(decision.Customer), decision.Rule, decision.DecidedAt.ToString(), (string)choice["variant"]!,
            DecisionColumns.Text((double)choice["propensity"]!), string.Join(';', odds), isRewarded ? "1" : "0",
            .. DecisionColumns.ContextOf(record),
        ]);
    }

    /// <summary>Customers are numbered: which decisions are of one customer matters to the figures, who it is does not.</summary>
    private string Number(string customer)
    {
        if (_customers.TryGetValue(customer, out var known)) return known;
        return _customers[customer] = $"c{_customers.Count + 1}";
    }

    private static void Line(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields) csv.WriteField(field);
        csv.NextRecord();
    }
}
