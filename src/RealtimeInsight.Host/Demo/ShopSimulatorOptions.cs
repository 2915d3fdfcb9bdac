using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Host.Demo;

/// <summary>What the simulated shop is like. The same options give the same stream of events, id for id.</summary>
public sealed class ShopSimulatorOptions
{
    public const int CustomersMax = 10_000_000;
    public const int ProductsMax = 100_000;
    public const int CategoriesMax = 500;
    public const int BrandsMax = 250;

    /// <summary>Draws the customers and everything they do. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Draws the products on sale, apart from the customers: another crowd can visit the same shop. Default 1.</summary>
    public ulong CatalogueSeed { get; init; } = 1;

    /// <summary>Customers alive at one time; one who leaves for good is replaced by a new one. Default 500.</summary>
    public int Customers { get; init; } = 500;

    public int Products { get; init; } = 600;

    public int Categories { get; init; } = 24;

    public int Brands { get; init; } = 40;

    /// <summary>Time of the first arrival. Default 2026-01-05T00:00:00Z, a Monday.</summary>
    public Instant Start { get; init; } = new(1_767_571_200_000);

    /// <summary>The stream ends after this many simulated days; null (the default) never ends it.</summary>
    public int? Days { get; init; }

    /// <summary>The first customers arrive spread evenly over this many simulated days. Default 1.</summary>
    public double ArrivalDays { get; init; } = 1;

    /// <summary>Multiplies how often customers come. Default 1.</summary>
    public double Intensity { get; init; } = 1;

    /// <summary>
    /// Simulated seconds in one second of event time, counted from <see cref="Start"/>. Default 1: event time is simulated time.
    /// At 60 a ten-minute visit takes ten seconds and a day 24 minutes, which suits a demo.
    /// </summary>
    public double TimeCompression { get; init; } = 1;

    /// <summary>One sentence for each value out of bounds; empty when all is well.</summary>
    public static IReadOnlyList<string> Validate(ShopSimulatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Between(nameof(Customers), options.Customers, 1, CustomersMax);
        Between(nameof(Products), options.Products, 1, ProductsMax);
        Between(nameof(Categories), options.Categories, 1, CategoriesMax);
        Between(nameof(Brands), options.Brands, 1, BrandsMax);
        Between(nameof(Days), options.Days ?? 1, 1, 36_500);
        Between(nameof(ArrivalDays), options.ArrivalDays, 0, 36_500);
        Between(nameof(Intensity), options.Intensity, 0.001, 1_000);
        Between(nameof(TimeCompression), options.TimeCompression, 0.001, 1_000_000);
        if (options.Products < options.Categories)
        {
            problems.Add($"Products is {options.Products} and Categories {options.Categories}; every category needs a product");
        }

        return problems;

        void Between(string name, double value, double least, double most)
        {
            if (!(value >= least && value <= most)) problems.Add($"{name} is {value}; it must be {least} to {most}");
        }
    }
}
