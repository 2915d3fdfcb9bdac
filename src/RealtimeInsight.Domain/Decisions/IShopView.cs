using RealtimeInsight.Domain.Customers;

namespace RealtimeInsight.Domain.Decisions;

/// <summary>What the whole shop's customers do, beside the one that is decided about. Thread-safe.</summary>
public interface IShopView
{
    /// <summary>About the item that the customer looked at or put into the cart last.</summary>
    ShopValues ValuesOf(CustomerState state);
}

/// <summary>About one item; not a number where nothing is known.</summary>
/// <param name="ItemPopularity">Looks at the item for each look at an average one.</param>
/// <param name="CategoryConversion">Pieces of its category ordered for each look at one.</param>
/// <param name="PriceRatio">Its price for each unit of its category's usual (geometric mean) price.</param>
public readonly record struct ShopValues(double ItemPopularity, double CategoryConversion, double PriceRatio)
{
    public static ShopValues Unknown => new(double.NaN, double.NaN, double.NaN);
}
