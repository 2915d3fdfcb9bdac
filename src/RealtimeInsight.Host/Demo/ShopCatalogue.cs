using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Demo;

/// <summary>A product on sale. <see cref="Style"/> in [0,1) says what it looks like: people who like one like its neighbours.</summary>
internal sealed record ShopProduct(
    string Id, string Name, int Category, int Brand, double Style, double Price, double Popularity)
{
    /// <summary>The shop has forgotten to send the price, or the category, of a few products, as real shops do.</summary>
    public bool IsPriceSent { get; init; } = true;

    public bool IsCategorySent { get; init; } = true;
}

/// <summary>The products, categories and brands of the simulated shop; depends on the catalogue seed and the counts only.</summary>
internal sealed class ShopCatalogue
{
    private static readonly (string Name, double Price, int Companion)[] KnownCategories =
    [
        ("jackets", 110, 1), ("shirts", 32, 2), ("trousers", 55, 3), ("shoes", 85, 4), ("socks", 9, 3), ("bags", 70, 6),
        ("wallets", 38, 5), ("watches", 160, 8), ("jewellery", 75, 7), ("phones", 420, 10), ("phone-cases", 18, 9), ("headphones", 90, 9),
        ("laptops", 780, 13), ("keyboards", 65, 12), ("coffee", 14, 15), ("kitchen", 42, 14), ("bedding", 60, 17), ("lamps", 48, 16),
        ("toys", 25, 19), ("books", 16, 18), ("garden", 35, 21), ("tools", 58, 20), ("skin-care", 22, 23), ("perfume", 64, 22),
    ];

    private static readonly string[] KnownBrands =
    [
        "Alder", "Brisk", "Calyx", "Dunlin", "Ember", "Fjord", "Grove", "Harbor", "Isle", "Juno", "Kestrel", "Lumen", "Marl", "Nord",
        "Oriel", "Pavo", "Quill", "Rowan", "Sable", "Tern", "Umber", "Vale", "Wren", "Xylo", "Yarrow", "Zephyr", "Aspen", "Birch",
        "Cedar", "Delta", "Elm", "Finch", "Gale", "Heath", "Ivory", "Jade", "Kite", "Linden", "Moss", "Nook",
    ];

    private static readonly string[] Qualities =
        ["Classic", "Light", "Urban", "Trail", "Pure", "Bold", "Soft", "Prime", "Daily", "Vintage", "Slim", "Eco"];

    private readonly ShopProduct[][] _byCategory;
    private readonly string[] _categoryNames;
    private readonly string[] _brandNames;

    public ShopCatalogue(ShopSimulatorOptions options)
    {
        var random = new SeededRandom(options.CatalogueSeed * 0x9E3779B97F4A7C15UL);
        _categoryNames = [.. Enumerable.Range(0, options.Categories)
            .Select(i => i < KnownCategories.Length ? KnownCategories[i].Name : $"category-{i}")];
        _brandNames = [.. Enumerable.Range(0, options.Brands).Select(i => i < KnownBrands.Length ? KnownBrands[i] : $"Brand {i}")];
        Products = [.. Enumerable.Range(0, options.Products).Select(i => Make(i, options, random))];
        _byCategory = [.. Enumerable.Range(0, options.Categories)
            .Select(c => Products.Where(p => p.Category == c).OrderBy(p => p.Style).ToArray())];
    }

    public IReadOnlyList<ShopProduct> Products { get; }

    public int CategoryCount => _categoryNames.Length;

    public string CategoryName(int category) => _categoryNames[category];

    public string BrandName(int brand) => _brandNames[brand];

    /// <summary>The category that is bought along: a case with the phone, socks with the shoes.</summary>
    public int Companion(int category) =>
        (category < KnownCategories.Length ? KnownCategories[category].Companion : category + 1) % CategoryCount;

    /// <summary>A product of the category near the given style, popular ones first.</summary>
    public ShopProduct Near(int category, double style, SeededRandom random)
    {
        var products = _byCategory[category];
        var best = products[random.Below(products.Length)];
        for (var i = 0; i < 4; i++)
        {
            var other = products[random.Below(products.Length)];
            if (Appeal(other, style) > Appeal(best, style)) best = other;
        }

        return best;
    }

    public ProductLine Line(ShopProduct product, double exchangeRate, int quantity = 1) => new(
        product.Id,
        product.IsCategorySent ? CategoryName(product.Category) : null,
        BrandName(product.Brand),
        product.Name,
        product.IsPriceSent ? Money(product.Price, exchangeRate) : null,
        quantity);

    public static decimal Money(double amount, double exchangeRate) =>
        Math.Round((decimal)(amount * exchangeRate), 2, MidpointRounding.AwayFromZero);

    private static double Appeal(ShopProduct product, double style) => (0.3 * product.Popularity) - Math.Abs(product.Style - style);

    private ShopProduct Make(int index, ShopSimulatorOptions options, SeededRandom random)
    {
        var category = index % options.Categories;
        var basePrice = category < KnownCategories.Length ? KnownCategories[category].Price : 40;
        var brand = random.Below(options.Brands);
        var style = random.NextDouble();
        var price = Math.Max(1, Math.Round(random.LogNormal(basePrice, 0.45))) - 0.05;
        return new ShopProduct(
            $"p-{index:D5}",
            $"{_brandNames[brand]} {random.Pick(Qualities)} {_categoryNames[category]}",
            category,
            brand,
            style,
            price,
            Math.Pow(random.NextDouble(), 3))
        {
            IsPriceSent = !random.Chance(0.03),
            IsCategorySent = !random.Chance(0.03),
        };
    }
}
