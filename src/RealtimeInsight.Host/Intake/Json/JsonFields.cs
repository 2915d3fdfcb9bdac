namespace RealtimeInsight.Host.Intake.Json;

/// <summary>The known fields of one object by name. Of a name that occurs twice the last value counts.</summary>
internal sealed class JsonFields
{
    private readonly int[] _slots = new int[JsonNames.Count];
    private bool _isEmpty = true;

    /// <summary>Goes to another object; any other value, and <see cref="JsonTable.Root"/> minus one, has no fields.</summary>
    public void Open(JsonTable table, int index)
    {
        Close();
        if (index < 0 || table.KindOf(index) != JsonKind.Object) return;
        _isEmpty = false;
        var end = table.End(index);
        for (var child = JsonTable.First(index); child < end; child = table[child].Next)
        {
            ref readonly var node = ref table[child];
            if (node.Name != JsonName.None) _slots[(int)node.Name] = node.Kind == JsonKind.Null ? 0 : child;
        }
    }

    public void Close()
    {
        if (_isEmpty) return;
        Array.Clear(_slots);
        _isEmpty = true;
    }

    /// <summary>Finds a value that is there and not null.</summary>
    public bool TryFind(JsonName name, out int index)
    {
        // Index 0 is the document itself, which is no field of anything.
        index = _slots[(int)name];
        return index != 0;
    }

    /// <summary>Index of a value, -1 where it is absent or null.</summary>
    public int Find(JsonName name) => TryFind(name, out var index) ? index : -1;
}
