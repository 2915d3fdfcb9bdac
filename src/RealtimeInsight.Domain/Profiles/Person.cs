using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Domain.Profiles;

/// <summary>What the customer told: traits, consents, time zone, linked visitors. Exists only for customers who told something.</summary>
public sealed class Person
{
    public const int TraitsMax = 32;
    public const int ConsentsMax = 32;
    public const int VisitorsMax = 16;

    private readonly SortedDictionary<string, string> _traits = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, bool> _consents = new(StringComparer.Ordinal);
    private readonly List<CustomerId> _visitors = [];

    public IReadOnlyDictionary<string, string> Traits => _traits;

    /// <summary>Purpose or channel to granted (true) or withdrawn (false); absent means never asked.</summary>
    public IReadOnlyDictionary<string, bool> Consents => _consents;

    public IReadOnlyList<CustomerId> Visitors => _visitors;

    /// <summary>IANA name; null while unknown.</summary>
    public string? TimeZone { get; internal set; }

    internal void SetTrait(string name, string value)
    {
        if (_traits.Count < TraitsMax || _traits.ContainsKey(name)) _traits[name] = value;
    }

    /// <summary>Where no room is left, a withdrawal takes the place of a grant: no withdrawal is forgotten for a grant.</summary>
    internal void SetConsent(string purpose, bool granted)
    {
        if (_consents.Count >= ConsentsMax && !_consents.ContainsKey(purpose))
        {
            var given = granted ? null : _consents.FirstOrDefault(static pair => pair.Value).Key;
            if (given is null) return;
            _ = _consents.Remove(given);
        }

        _consents[purpose] = granted;
    }

    internal void Link(CustomerId visitor)
    {
        if (_visitors.Contains(visitor)) return;
        if (_visitors.Count >= VisitorsMax) _visitors.RemoveAt(0);
        _visitors.Add(visitor);
    }
}
