namespace RealtimeInsight.Host.Intake.Json;

/// <summary>One value in a <see cref="JsonTable"/>: where its bytes are, and the name it has in its object.</summary>
internal struct JsonItem
{
    /// <summary>First byte of the value; of a string the byte after its quote.</summary>
    public int Start;

    /// <summary>Bytes of the value as written; of a string those between its quotes.</summary>
    public int Length;

    /// <summary>Index of the value after this one and everything in it.</summary>
    public int Next;

    /// <summary>First byte of the name between its quotes; 0 for a value that has none.</summary>
    public int NameStart;

    public int NameLength;

    /// <summary>The name, where the intake knows it.</summary>
    public JsonName Name;

    public JsonKind Kind;

    /// <summary>The string holds escapes; the number an exponent.</summary>
    public bool IsEscaped;

    public bool IsNameEscaped;
}
