namespace RealtimeInsight.Host.Intake.Json;

/// <summary>What a value of the document is.</summary>
internal enum JsonKind : byte
{
    /// <summary>The value is absent.</summary>
    None = 0,
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}
