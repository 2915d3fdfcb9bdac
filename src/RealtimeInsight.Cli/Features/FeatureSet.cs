using System.Text.Json;
using System.Text.Json.Serialization;

namespace RealtimeInsight.Cli.Features;

/// <summary>Describes a folder of feature arrays: <c>features.json</c>, which the trainer reads first.</summary>
/// <param name="FormatVersion">Version of this layout, see <see cref="VersionWritten"/>.</param>
/// <param name="Digest">SHA-256 over the arrays' digests, in order: what the trainer learned from.</param>
/// <param name="Sequences">One a customer of a source; its rows are in <c>sequence_rows</c> from <c>sequence_starts[i]</c> on.</param>
public sealed record FeatureSet(
    int FormatVersion,
    string FeatureSchemaHash,
    int ContractVersion,
    IReadOnlyList<string> TokenNames,
    IReadOnlyList<string> IdNames,
    IReadOnlyList<string> ProfileNames,
    IReadOnlyList<string> LabelNames,
    FeatureHorizons Horizons,
    long Seed,
    long Rows,
    long Sequences,
    string Digest,
    IReadOnlyList<FeatureSetSource> Sources,
    IReadOnlyList<FeatureArray> Arrays)
{
    public const int VersionWritten = 1;
    public const string FileName = "features.json";

    /// <exception cref="CliException">The folder holds no complete set of this version and feature schema.</exception>
    public static FeatureSet Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw CliException.Usage(
                $"{folder}: holds no {FileName}, which ends a complete set; write one with insight features --out DIR");
        }

        FeatureSet? set;
        try
        {
            set = JsonSerializer.Deserialize(File.ReadAllBytes(path), FeatureSetJson.Default.FeatureSet);
        }
        catch (JsonException fault)
        {
            throw CliException.Usage($"{path} cannot be read: {fault.Message}; write the features again");
        }

        if (set is { FormatVersion: VersionWritten } && set.FeatureSchemaHash == Domain.Features.FeatureSchema.Hash) return set;
        throw CliException.Usage(
            $"{path} is of format {set?.FormatVersion} and feature schema {set?.FeatureSchemaHash}; this program works with format "
            + $"{VersionWritten} and schema {Domain.Features.FeatureSchema.Hash}. Write the features again");
    }

    public string ToJson() => JsonSerializer.Serialize(this, FeatureSetJson.Default.FeatureSet);
}

public sealed record FeatureHorizons(double ChurnDays, double AbandonmentHours, double PurchaseHours);

/// <summary>One source's share: rows <paramref name="FirstRow"/> and following, sequences likewise.</summary>
/// <param name="Skipped">Events that the customer's state machine refused: repeated ids, or out of order.</param>
/// <param name="From">Time of the first event.</param>
/// <param name="To">Time of the last event.</param>
/// <param name="Digest">SHA-256 over the ids, customers and times of the events in order.</param>
public sealed record FeatureSetSource(
    string Name,
    string Licence,
    long FirstRow,
    long Rows,
    long FirstSequence,
    long Customers,
    long Skipped,
    string From,
    string To,
    string Digest);

/// <summary>One raw little-endian array. <paramref name="Dtype"/> is NumPy's name of the element type.</summary>
public sealed record FeatureArray(string Name, string File, string Dtype, IReadOnlyList<long> Shape, string Digest);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(FeatureSet))]
internal sealed partial class FeatureSetJson : JsonSerializerContext;
