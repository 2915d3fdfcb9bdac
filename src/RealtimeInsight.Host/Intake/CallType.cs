namespace RealtimeInsight.Host.Intake;

/// <summary>The six calls of the Segment tracking interface.</summary>
internal enum CallType : byte
{
    Track,
    Identify,
    Page,
    Screen,
    Group,
    Alias,
}
