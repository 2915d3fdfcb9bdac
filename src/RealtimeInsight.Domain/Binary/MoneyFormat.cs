namespace RealtimeInsight.Domain.Binary;

/// <summary>First byte of a decimal: its scale (0 to 28) in the lower five bits, then these.</summary>
internal static class MoneyFormat
{
    public const byte ScaleBits = 0x1F;
    public const byte ScaleMax = 28;

    /// <summary>Twelve bytes follow instead of a number of up to 32 bits.</summary>
    public const byte Wide = 0x40;

    public const byte Negative = 0x80;

    /// <summary>No scale: there is no decimal.</summary>
    public const byte None = 0x1F;
}
