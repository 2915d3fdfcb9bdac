using System.Numerics;
using RealtimeInsight.Domain.Binary;

namespace RealtimeInsight.Engine.Shards;

/// <summary>
/// Finds rows by the hash of their customer: open addressing over row numbers, between three and three quarters full. Rows with one hash
/// come out in the order in which they were added.
/// </summary>
internal sealed class RowIndex(Chunks<CustomerRow> rows)
{
    private const int Empty = -1;
    private int[] _places = NewPlaces(1024);

    /// <summary>Where the search for a hash begins.</summary>
    public int Start(ulong hash) => (int)(hash >> 20) & (_places.Length - 1);

    /// <summary>Asks for the places where the searches for these hashes begin.</summary>
    public void Prefetch(ReadOnlySpan<ulong> hashes)
    {
        foreach (var hash in hashes) CacheLines.Ask(ref _places[Start(hash)]);
    }

    /// <summary>The first row at the place where the search for a hash begins, most often the one sought; -1 when there is none.</summary>
    public int First(ulong hash) => _places[Start(hash)];

    /// <summary>The next row with this hash, and the cursor moved past it; -1 when there is none.</summary>
    public int Next(ulong hash, ref int cursor)
    {
        while (true)
        {
            var row = _places[cursor];
            if (row == Empty) return Empty;
            cursor = (cursor + 1) & (_places.Length - 1);
            if (rows[row].Hash == hash) return row;
        }
    }

    /// <summary>Takes in a row that has just been added.</summary>
    public void Add(int row)
    {
        if (rows.Count > _places.Length - (_places.Length >> 2)) Resize(_places.Length * 2);
        else Place(row);
    }

    /// <summary>Makes room for that many rows at once.</summary>
    public void Reserve(int count)
    {
        var length = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1024, count + (count / 3) + 1));
        if (length > _places.Length) Resize(length);
    }

    private static int[] NewPlaces(int length)
    {
        var places = new int[length];
        Array.Fill(places, Empty);
        return places;
    }

    private void Resize(int length)
    {
        _places = NewPlaces(length);
        for (var row = 0; row < rows.Count; row++) Place(row);
    }

    private void Place(int row)
    {
        var place = Start(rows[row].Hash);
        while (_places[place] != Empty) place = (place + 1) & (_places.Length - 1);
        _places[place] = row;
    }
}
