namespace RealtimeInsight.Domain.Text;

/// <summary>What a text is about; several can hold. Bits are on disk: never reused.</summary>
[Flags]
public enum TextTopics : ushort
{
    None = 0,

    /// <summary>When and how it came: speed, courier, tracking.</summary>
    Delivery = 1 << 0,

    /// <summary>Box, wrapping, state on arrival.</summary>
    Packaging = 1 << 1,

    /// <summary>What the product is like: material, make, taste, whether it works and lasts.</summary>
    Quality = 1 << 2,

    /// <summary>What it costs or is worth, discounts, charges.</summary>
    Price = 1 << 3,

    /// <summary>How the shop's people treat the customer.</summary>
    Service = 1 << 4,

    /// <summary>Size, length, how it fits.</summary>
    Size = 1 << 5,

    /// <summary>Colour, looks, whether it is like the picture.</summary>
    Appearance = 1 << 6,

    /// <summary>Genuine or fake.</summary>
    Authenticity = 1 << 7,

    /// <summary>Sending back, exchange, refund.</summary>
    Returns = 1 << 8,
}
