using System.Collections;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;

namespace RealtimeInsight.Host;

/// <summary>Prints every option once at the start with where it came from. Keys, secrets and the webhook's address are not shown.</summary>
internal static class SettingsPrinter
{
    private const string Default = "default";
    private const int LineLengthMax = 140;

    private static readonly string[] Secret =
        ["WriteKeys", "ReadKeys", "AdminKeys", "Keys", "Secrets", "Url", "Token", "ConnectionString", "CheckpointConnectionString"];

    /// <summary>The given options one on a line with their source; then the defaults, those of a section together.</summary>
    public static IEnumerable<string> Lines(HostSettings settings) => Lines(
        [
            ("Host", settings.Host), ("Intake", settings.Intake), ("EventHubs", settings.EventHubs), ("HubReader", settings.HubReader),
            ("Api", settings.Api),
            ("Customer", settings.Customer), ("Store", settings.Store), .. settings.ChannelSections,
            ("Engine", settings.Engine), ("Retrain", settings.Retrain), ("Inference", settings.Inference), ("Text", settings.Text),
            ("Demo", settings.Demo),
        ],
        settings.Configuration);

    /// <param name="all">Options by their section; options within them get sections of their own.</param>
    public static IEnumerable<string> Lines(IReadOnlyList<(string Section, object Options)> all, IConfigurationRoot configuration)
    {
        var sections = all.SelectMany(static group => WithInner(group.Section, group.Options))
            .Select(group => (group.Section, Rows: Rows(group.Section, group.Options, configuration).ToList()))
            .Where(static section => section.Rows.Count > 0)
            .ToList();
        foreach (var row in sections.SelectMany(section => section.Rows).Where(row => row.Source != Default))
        {
            yield return $"  {row.Key} = {row.Value}  ({row.Source})";
        }

        foreach (var (section, rows) in sections)
        {
            var line = $"  {section} ({Default}):";
            foreach (var row in rows.Where(row => row.Source == Default))
            {
                var item = $" {row.Key[(section.Length + 1)..]}={row.Value}";
                if (line.Length + item.Length > LineLengthMax)
                {
                    yield return line;
                    line = "   ";
                }

                line += item;
            }

            yield return line;
        }
    }

    private static IEnumerable<(string Section, object Options)> WithInner(string section, object options) =>
        Properties(options).Where(IsOptions).SelectMany(property => WithInner($"{section}:{property.Name}", property.GetValue(options)!))
            .Prepend((section, options));

    private static IEnumerable<(string Key, string Value, string Source)> Rows(
        string section, object options, IConfigurationRoot configuration)
    {
        foreach (var property in Properties(options).Where(static property => !IsOptions(property)))
        {
            var key = $"{section}:{property.Name}";
            yield return (key, Shown(property.Name, property.GetValue(options)), SourceOf(key, configuration));
        }
    }

    /// <summary>What can be set: no static ones, no indexers, of those without a setter the lists alone.</summary>
    private static IEnumerable<PropertyInfo> Properties(object options) =>
        options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static property => property.CanRead
            && property.GetIndexParameters().Length == 0 && (property.CanWrite || IsList(property)));

    private static bool IsOptions(PropertyInfo property) =>
        property.PropertyType is { IsClass: true } type && !IsList(property)
        && type.Namespace!.StartsWith(nameof(RealtimeInsight), StringComparison.Ordinal);

    private static bool IsList(PropertyInfo property) => typeof(IEnumerable).IsAssignableFrom(property.PropertyType);

    private static string Shown(string name, object? value)
    {
        if (Secret.Contains(name))
        {
            var count = value is ICollection list ? list.Count : value is string { Length: > 0 } ? 1 : 0;
            return count == 0 ? "none" : $"{count} set, not shown";
        }

        return value switch
        {
            null or "" => "none",
            string text => text,
            IEnumerable items => string.Join(", ", items.Cast<object>()) is { Length: > 0 } joined ? joined : "none",
            _ => value.ToString() ?? "",
        };
    }

    private static string SourceOf(string key, IConfigurationRoot configuration)
    {
        foreach (var provider in configuration.Providers.Reverse())
        {
            if (!provider.TryGet(key, out _) && !provider.GetChildKeys([], key).Any()) continue;
            return provider switch
            {
                EnvironmentVariablesConfigurationProvider => "environment",
                JsonConfigurationProvider => HostSettings.SettingsFile,
                _ => "command line",
            };
        }

        return Default;
    }
}
