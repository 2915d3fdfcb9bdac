using System.Globalization;

namespace RealtimeInsight.Host.Tests.Infra;

/// <summary>The tables of the capacity document follow from the formulas and the numbers that it names.</summary>
public sealed class CapacityTests
{
    private const double SecondsADay = 86_400;
    private const double LiveMinutes = 25;
    private const double LiveBytes = 7_500;
    private const double GrainSeconds = 20e-6;
    private const double StepSeconds = 0.9e-6;
    private const double Utilisation = 0.5;

    private static readonly string[] s_page =
        File.ReadAllLines(Path.Combine(Repository.Root, "infra", "docs", "capacity.md"));

    private sealed record Shop(double Active, double Sessions, double Events, double Peak);

    private static readonly Shop s_usual = new(0.05, 1.5, 20, 4);
    private static readonly Shop s_busy = new(0.2, 3, 50, 5);

    [Fact]
    public void Sizes_FollowFromTheFormulas()
    {
        var rows = Rows(11);
        Assert.Equal(6, rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var shop = i < 3 ? s_usual : s_busy;
            var customers = Number(rows[i][0]);
            var daily = customers * shop.Active * shop.Events;
            var rate = shop.Peak * daily / SecondsADay;
            var cores = rate * GrainSeconds / Utilisation;
            var live = Live(customers, shop);
            var scoring = rate * StepSeconds / Utilisation;
            double[] expected =
            [
                customers, daily, rate, cores, live, live * LiveBytes / 1e9, Silos(customers, shop), scoring, scoring * 100,
                Units(customers, shop), Partitions(customers, shop),
            ];
            AssertRow(rows[i], expected);
        }
    }

    [Fact]
    public void Costs_FollowFromTheFormulas()
    {
        var rows = Rows(8);
        Assert.Equal(6, rows.Count);
        foreach (var row in rows)
        {
            var shop = row[0].Contains("usual", StringComparison.Ordinal) ? s_usual : s_busy;
            var customers = Number(row[0]);
            var events = customers * shop.Active * shop.Events * 30 / 1e6;
            var transactions = events + (customers * shop.Active * shop.Sessions * 30 / 1e6)
                + (Partitions(customers, shop) * 8_640 * 30 / 1e6);
            double[] parts =
            [
                Silos(customers, shop) * 350, Units(customers, shop) * 22, events * 0.03, transactions * 0.04,
                customers * 2_000 / 1e9 * 0.06,
            ];
            AssertRow(
                [.. row.Skip(1)],
                [parts[0], parts[1], parts[2], parts[3], transactions * 5, parts[4], parts.Sum()]);
        }
    }

    private static double Live(double customers, Shop shop) =>
        customers * shop.Active * shop.Sessions * shop.Peak * LiveMinutes / (SecondsADay / 60);

    private static double Rate(double customers, Shop shop) => shop.Peak * customers * shop.Active * shop.Events / SecondsADay;

    private static double Silos(double customers, Shop shop) => Math.Max(3, Math.Max(
        Math.Ceiling(Rate(customers, shop) * GrainSeconds / Utilisation / 8), Math.Ceiling(Live(customers, shop) * LiveBytes / 16e9)));

    private static double Units(double customers, Shop shop) =>
        Math.Ceiling(Math.Max(Rate(customers, shop) / 1_000, Rate(customers, shop) * 560 / 1e6));

    private static double Partitions(double customers, Shop shop)
    {
        var least = Math.Max(4, (int)Math.Max(Units(customers, shop), Silos(customers, shop)));
        return System.Numerics.BitOperations.RoundUpToPowerOf2((uint)least);
    }

    private static List<string[]> Rows(int columns) =>
    [
        .. s_page.Where(line => line.StartsWith("| 1", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == columns),
    ];

    /// <summary>The page rounds to two digits at most small figures, to whole ones at large.</summary>
    private static void AssertRow(string[] cells, double[] expected)
    {
        for (var i = 0; i < expected.Length; i++)
        {
            var shown = Number(cells[i]);
            var isSame = Math.Abs(shown - expected[i]) <= Math.Max(0.06 * expected[i], expected[i] > 1 ? 0.5 : 0.004);
            Assert.True(isSame, $"'{string.Join(" | ", cells)}': column {i} shows {shown}, the formula gives {expected[i]}");
        }
    }

    private static double Number(string cell)
    {
        var words = cell.Split(' ');
        var number = double.Parse(words[0], NumberStyles.Number, CultureInfo.InvariantCulture);
        return words.Length > 1 && words[1].StartsWith("million", StringComparison.Ordinal) ? number * 1e6 : number;
    }
}
