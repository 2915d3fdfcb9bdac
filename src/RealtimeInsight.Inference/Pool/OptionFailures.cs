using Microsoft.Extensions.Options;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Collects what is wrong with options; each failure names the setting, its value, the rule.</summary>
internal sealed class OptionFailures
{
    private readonly List<string> _failures = [];

    public ValidateOptionsResult Result => _failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(_failures);

    public void Add(string failure) => _failures.Add(failure);

    public void Range<T>(string setting, T value, T from, T to)
        where T : IComparable<T>
    {
        if (value.CompareTo(from) < 0 || value.CompareTo(to) > 0) Add($"{setting} is {value}; it has to be {from} to {to}.");
    }

    /// <param name="otherwise">What may stand in the place of a folder name.</param>
    public void FolderName(string setting, string? value, string otherwise = "")
    {
        if (value?.AsSpan().ContainsAny('/', '\\') == true || value is "." or "..")
        {
            Add($"{setting} is {value}; it has to be one folder name{otherwise}.");
        }
    }

    public void Version(string setting, string? value)
    {
        if (value is not null && (value.Length == 0 || value.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            Add($"{setting} is {value}; it has to be a whole number, or absent for the highest.");
        }
    }
}
