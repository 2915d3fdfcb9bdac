using System.Globalization;
using RealtimeInsight.Inference;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Cli.Models;

/// <summary>A listing for people.</summary>
internal static class ModelTable
{
    public static void Write(ModelListing listing, TextWriter output)
    {
        output.WriteLine($"{"version",-10}{"role",-12}{"share",-8}{"created",-12}{"AUC churn",-11}{"abandonment",-13}purchase");
        foreach (var version in listing.Versions)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{version.Version,-10}{Role(version),-12}{Share(version),-8}{version.CreatedAt,-12:yyyy-MM-dd}"
                + $"{Auc(version, ModelHeads.Churn),-11}{Auc(version, ModelHeads.Abandonment),-13}"
                + $"{Auc(version, ModelHeads.Purchase),-10}").TrimEnd());
            if (version.Problem is { } problem) output.WriteLine($"          cannot serve: {problem}");
            if (version.Comparison is { } comparison) Write(comparison, output);
        }

        output.WriteLine(listing.Champion is { } champion ? $"{listing.Name}/{champion} serves" : $"no version of {listing.Name} serves");
        if (listing.Before.Count > 0) output.WriteLine($"a rollback goes to {listing.Before[0]}");
        foreach (var problem in listing.Problems) output.WriteLine($"problem: {problem}");
    }

    private static void Write(ShadowComparison comparison, TextWriter output)
    {
        output.WriteLine(
            $"          {comparison.Scores} events scored beside, {comparison.Skipped} left out, {comparison.Failed} failed");
        foreach (var (name, head) in new[]
        {
            (ModelHeads.Churn, comparison.Churn),
            (ModelHeads.Abandonment, comparison.Abandonment),
            (ModelHeads.Purchase, comparison.Purchase),
        })
        {
            if (head is null) continue;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"          {name,-12} mean {head.Mean:0.000} where {head.ServingMean:0.000} served, mean difference "
                + $"{head.MeanDifference:0.000}, correlation {head.Correlation ?? double.NaN:0.000}"));
        }
    }

    private static string Role(ListedVersion version) => version.Role?.ToString().ToLowerInvariant() ?? "-";

    private static string Share(ListedVersion version) =>
        version.Share is { } share ? string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.##} %") : "";

    private static string Auc(ListedVersion version, string head) =>
        version.Metrics?.GetValueOrDefault(head)?.Auc is { } auc ? auc.ToString("0.000", CultureInfo.InvariantCulture) : "-";
}
