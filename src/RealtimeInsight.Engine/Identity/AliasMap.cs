using System.Collections.Concurrent;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Identity;

/// <summary>
/// Which ids belong to other customers since a merge. Read by every intake and reader without locks, changed by one merge at a time; one
/// entry for each merged id (about 200 bytes). Thread-safe.
/// </summary>
internal sealed class AliasMap
{
    private readonly ConcurrentDictionary<CustomerId, Alias> _aliases = new();
    private int _version;

    /// <summary>True while no id belongs to another: then nobody need ask.</summary>
    public bool IsEmpty => Volatile.Read(ref _version) == 0;

    /// <summary>Changes with every merge and un-merge.</summary>
    public int Version => Volatile.Read(ref _version);

    public int Count => _aliases.Count;

    /// <summary>Ids that belong to another customer.</summary>
    public IEnumerable<CustomerId> MergedIds =>
        _aliases.Where(static pair => pair.Value.Customer != pair.Key).Select(static pair => pair.Key);

    public void Load(IEnumerable<AliasRow> rows)
    {
        foreach (var row in rows) Put(CustomerId.Parse(row.VisitorId), CustomerId.Parse(row.CustomerId), row.Offset);
    }

    /// <param name="offset">Of the record with which the id's own history ended.</param>
    public void Put(CustomerId id, CustomerId customer, long offset)
    {
        _aliases[id] = new Alias(customer, offset);
        Interlocked.Increment(ref _version);
    }

    /// <summary>The id leads nowhere any more, and nobody remembers that it did.</summary>
    public void Remove(CustomerId id)
    {
        if (_aliases.TryRemove(id, out _)) Interlocked.Increment(ref _version);
    }

    /// <summary>
    /// Where exactly this id was merged into; itself for one that was taken out again; false for one that never was anything but its own.
    /// </summary>
    public bool TryGet(CustomerId id, out Alias alias) => _aliases.TryGetValue(id, out alias);

    /// <summary>The customer that an id belongs to: itself, or where its merges end. Merges make no cycles.</summary>
    public CustomerId Resolve(CustomerId id)
    {
        if (IsEmpty) return id;
        while (_aliases.TryGetValue(id, out var alias) && alias.Customer != id) id = alias.Customer;
        return id;
    }

    /// <summary>The id and all that were merged into it, directly or not. Looks at every alias.</summary>
    public IReadOnlyList<CustomerId> MembersOf(CustomerId id)
    {
        var members = new List<CustomerId> { id };
        foreach (var (merged, _) in _aliases)
        {
            for (var at = merged; _aliases.TryGetValue(at, out var alias) && alias.Customer != at; at = alias.Customer)
            {
                if (alias.Customer != id) continue;
                members.Add(merged);
                break;
            }
        }

        return members;
    }
}

/// <param name="Customer">Whom the id was merged into; may itself have been merged since.</param>
/// <param name="Offset">Of the record with which the id's own history ended.</param>
internal readonly record struct Alias(CustomerId Customer, long Offset);
