using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeInsight.Cli.Replay.Csv;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Cli.Replay;

/// <summary>
/// How a shop's own export is read: which column means what, how time is written, and what its events are called. The keys of the file are
/// the members' names in snake case; a key that is not known is an error, since a typing error would silently lose a column.
/// </summary>
public sealed record EventMapping
{
    private const string SeparatorDefault = ",";

    private static readonly Dictionary<string, string> s_none = [];

    private static readonly string[] s_roles =
    [
        MappedColumns.Time, MappedColumns.Customer, MappedColumns.Visitor, MappedColumns.Event, MappedColumns.Id, MappedColumns.Product,
        MappedColumns.Name, MappedColumns.Category, MappedColumns.Brand, MappedColumns.Price, MappedColumns.Quantity, MappedColumns.Order,
        MappedColumns.Value, MappedColumns.Currency,
    ];

    private static readonly Dictionary<string, EventKind> s_kinds = Enum.GetValues<EventKind>()
        .Where(kind => kind != EventKind.Custom)
        .ToDictionary(EventKinds.WireName, kind => kind, StringComparer.Ordinal);

    /// <summary>From a role (<c>time</c>, <c>customer</c>, ...) to the name of the column that has it. Of <c>csv</c> only.</summary>
    public IReadOnlyDictionary<string, string> Columns { get => field ?? s_none; init; }

    /// <summary><c>iso</c> (default), <c>unix_s</c>, <c>unix_ms</c>, or a pattern such as <c>dd.MM.yyyy HH:mm</c>, read as UTC.</summary>
    public string TimeFormat { get => field ?? MappedTime.Iso; init; }

    /// <summary>From the export's event names to ours, e.g. <c>"view": "product_viewed"</c>; common names need no entry.</summary>
    public IReadOnlyDictionary<string, string> Events { get => field ?? s_none; init; }

    /// <summary>The event that every line is, in an export without a column for it, e.g. <c>order_completed</c>.</summary>
    public string? EveryLine { get; init; }

    /// <summary>One character between fields; default a comma.</summary>
    public string Separator { get => field ?? SeparatorDefault; init; }

    /// <summary>ISO 4217 code of all money where there is no column for it.</summary>
    public string? Currency { get; init; }

    /// <exception cref="CliException">The file is missing or breaks a rule; the message names place, value, rule and cure.</exception>
    public static EventMapping Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        EventMapping mapping;
        try
        {
            mapping = JsonSerializer.Deserialize(File.ReadAllBytes(path), EventMappingJson.Default.EventMapping)
                ?? throw new JsonException("it is null");
        }
        catch (JsonException problem)
        {
            var line = problem.LineNumber is { } number ? $":{number + 1}" : "";
            throw CliException.Usage(
                $"--mapping {path}{line}: is not a mapping: {FirstSentence(problem.Message)}; it is one JSON object with columns, "
                + "time_format, events, every_line, separator, currency");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw CliException.Usage($"--mapping {path}: cannot be read: {problem.Message}");
        }

        mapping.Check(path);
        return mapping;
    }

    /// <summary>The kind that an event name of the export means; <see cref="EventKind.Custom"/> for one that nobody knows.</summary>
    public EventKind KindOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Known(Events.TryGetValue(name, out var ours) ? ours : name);
    }

    /// <summary>What a file of comma separated values needs beyond a mapping of events.</summary>
    /// <exception cref="CliException">A role that every line needs has no column.</exception>
    public void RequireColumns(string path)
    {
        Require(path, Columns.ContainsKey(MappedColumns.Time),
            "columns has no \"time\"; every event has a moment: name the column that holds it");
        Require(path, Columns.ContainsKey(MappedColumns.Customer) || Columns.ContainsKey(MappedColumns.Visitor),
            "columns has neither \"customer\" nor \"visitor\"; every event belongs to somebody: name the column with the id");
        Require(path, Columns.ContainsKey(MappedColumns.Event) != EveryLine is not null,
            "give either columns.event, the column with the events' names, or every_line, the event that each line is");
    }

    private void Check(string path)
    {
        foreach (var (role, column) in Columns)
        {
            Require(path, s_roles.Contains(role), $"columns has \"{role}\"; the roles are {string.Join(", ", s_roles)}");
            Require(path, !string.IsNullOrWhiteSpace(column), $"columns.{role} is empty; name a column of the header, or leave it out");
        }

        foreach (var (theirs, ours) in Events) RequireKind(path, $"events.{theirs}", ours);
        if (EveryLine is { } kind) RequireKind(path, "every_line", kind);
        Require(path, Separator.Length == 1 && Separator[0] is not ('"' or '\r' or '\n'),
            $"separator is \"{Separator}\"; it is one character such as , or ; or \\t");
        Require(path, Currency is null || Currencies.TryGet(Currency, out _),
            $"currency is \"{Currency}\"; it is a code of ISO 4217 such as EUR");
        if (MappedTime.ProblemOf(TimeFormat) is { } problem) Require(path, isMet: false, problem);
    }

    private static void RequireKind(string path, string key, string name) => Require(
        path, Known(name) != EventKind.Custom, $"{key} is \"{name}\", which is no event; the events are {string.Join(", ", s_kinds.Keys)}");

    private static EventKind Known(string name) => s_kinds.TryGetValue(name, out var kind) ? kind : EventNames.KindOf(name);

    private static void Require(string path, bool isMet, string otherwise)
    {
        if (!isMet) throw CliException.Usage($"--mapping {path}: {otherwise}");
    }

    private static string FirstSentence(string message) => message.Split(". ", 2)[0].TrimEnd('.');
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true)]
[JsonSerializable(typeof(EventMapping))]
internal sealed partial class EventMappingJson : JsonSerializerContext;
