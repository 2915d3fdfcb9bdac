using System.ComponentModel;
using System.Reflection;
using Microsoft.Extensions.Configuration;

namespace RealtimeInsight.Host;

/// <summary>Finds settings that no option takes, before they are bound: all of them, each with what is allowed in its place.</summary>
internal static class SettingsCheck
{
    public static void Add(List<string> problems, IConfigurationSection section, Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) type = inner;
        var children = section.GetChildren().ToList();
        if (type == typeof(string) || type.IsValueType) AddValue(problems, section, type, children.Count > 0);
        else if (section.Value is { Length: > 0 }) problems.Add($"{section.Path} is given one value; give {FormOf(section, type)}");
        else if (ItemOf(type) is { } item) children.ForEach(child => Add(problems, child, item));
        else AddMembers(problems, section, type, children);
    }

    private static void AddMembers(List<string> problems, IConfigurationSection section, Type type, List<IConfigurationSection> children)
    {
        var members = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static one => one.CanWrite).ToList();
        var names = string.Join(", ", members.Select(static one => one.Name));
        foreach (var child in children)
        {
            var member = members.Find(one => one.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (member is not null) Add(problems, child, member.PropertyType);
            else problems.Add($"{child.Path} is no setting; {section.Path} has {names}");
        }
    }

    private static void AddValue(List<string> problems, IConfigurationSection section, Type type, bool hasChildren)
    {
        if (hasChildren) problems.Add($"{section.Path} has settings under it; give one value: {RuleOf(type)}");
        // Text takes anything and may be a secret: only what is no text is ever shown.
        else if (type != typeof(string) && section.Value is { } value && !CanRead(type, value))
        {
            problems.Add($"{section.Path} is '{value}'; use {RuleOf(type)}");
        }
    }

    private static bool CanRead(Type type, string value)
    {
        if (type.IsEnum) return Enum.TryParse(type, value, ignoreCase: true, out var read) && Enum.IsDefined(type, read);
        try
        {
            return TypeDescriptor.GetConverter(type).ConvertFromInvariantString(value) is not null;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or NotSupportedException or OverflowException)
        {
            return false;
        }
    }

    private static string RuleOf(Type type) =>
        type.IsEnum ? string.Join(" or ", Enum.GetNames(type).Select(static name => name.ToLowerInvariant()))
        : type == typeof(TimeSpan) ? "a span of time as d.hh:mm:ss, such as 00:30:00"
        : type == typeof(bool) ? "true or false"
        : type == typeof(double) ? "a number"
        : type == typeof(string) ? "text"
        : "a whole number that fits";

    private static string FormOf(IConfigurationSection section, Type type) =>
        ItemOf(type) is null ? $"the settings under it, such as {section.Path}:{type.GetProperties()[0].Name}"
        : type.GetGenericArguments().Length > 1 ? $"names under it, {section.Path}:NAME"
        : $"a list, {section.Path}:0 and so on";

    /// <summary>Type of the entries of a list or a dictionary; null for options.</summary>
    private static Type? ItemOf(Type type) => type.IsGenericType ? type.GetGenericArguments()[^1] : null;
}
