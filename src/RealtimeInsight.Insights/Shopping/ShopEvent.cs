namespace RealtimeInsight.Insights.Shopping;

/// <summary>One event of a shop's click stream.</summary>
public sealed record ShopEvent(double Seconds, string Visitor, string Session, ShopEventKind Kind, string Item, string Category);

/// <summary>What a visitor did.</summary>
public enum ShopEventKind
{
    View,
    AddToCart,
    Transaction,
}
