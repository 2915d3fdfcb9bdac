using System.IO.Compression;

namespace RealtimeInsight.Cli.Tests.Replay;

/// <summary>
/// Sessions and carts of a RetailRocket file, counted straight from its lines by a few rules of thumb, with nothing of the product:
/// a session ends after 30 quiet minutes; a customer has one cart at a time, abandoned after a quiet hour and taken up again by the
/// next product put into it; an order of one of its products, or any order while it is alive, converts it.
/// </summary>
internal sealed record ClickstreamFacts(int Customers, int Sessions, int CartsOpened, int CartsConverted)
{
    private const long SessionGapSeconds = 30 * 60;
    private const long AbandonedAfterSeconds = 60 * 60;

    public int CartsAbandoned => CartsOpened - CartsConverted;

    public static ClickstreamFacts Count(string gzipCsv)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(gzipCsv), CompressionMode.Decompress));
        reader.ReadLine();
        var lines = new List<(long At, string User, string Type, string Item)>();
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(',');
            lines.Add((long.Parse(fields[0]), fields[1], fields[3], fields[4]));
        }

        var customers = lines.OrderBy(line => line.At).GroupBy(line => line.User).ToList();
        int sessions = 0, opened = 0, converted = 0;
        foreach (var customer in customers)
        {
            var last = long.MinValue / 2;
            HashSet<string>? cart = null;
            HashSet<string> leftOver = [];
            var isAlive = false;
            foreach (var (at, _, type, item) in customer)
            {
                if (at - last >= SessionGapSeconds) sessions++;
                if (at - last >= AbandonedAfterSeconds) isAlive = false;
                last = at;
                if (type == "addtocart")
                {
                    if (cart is null)
                    {
                        opened++;
                        cart = leftOver;
                        leftOver = [];
                    }

                    cart.Add(item);
                    isAlive = true;
                }
                else if (type == "transaction" && cart is not null && (cart.Contains(item) || isAlive))
                {
                    converted++;
                    leftOver = cart.Remove(item) ? cart : [];
                    cart = null;
                }
            }
        }

        return new ClickstreamFacts(customers.Count, sessions, opened, converted);
    }
}
