using System.Globalization;
using System.Text.Json;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>One request of the load: what is sent, byte for byte, until it is acknowledged.</summary>
/// <param name="Customers">Whose events it holds.</param>
internal sealed record KillBatch(byte[] Body, int Events, IReadOnlyList<string> Customers);

/// <summary>
/// What senders send. Each has customers of its own, in cohorts: six visits two hours apart, some time ago, so that every deadline of a
/// visit is due when the next one comes, whatever dies between; then twelve live carts, left alone, whose deadlines come while the process
/// dies and starts.
/// </summary>
internal sealed class KillEvents(int seed, DateTimeOffset now)
{
    public const int VisitsMax = 6;
    private const int CohortSize = 12;
    private static readonly TimeSpan s_between = TimeSpan.FromHours(2);
    private readonly DateTimeOffset _first = now - TimeSpan.FromHours(20);

    /// <param name="sentAt">Time of the live carts' events.</param>
    public KillBatch Make(int sender, int index, DateTimeOffset sentAt)
    {
        var (cohort, visit) = (index / (VisitsMax + 1), index % (VisitsMax + 1));
        var draw = new Random(HashCode(seed, sender, index));
        var calls = new List<object>();
        var customers = new List<string>(CohortSize);
        for (var i = 0; i < CohortSize; i++)
        {
            var customer = Text($"{(visit == VisitsMax ? "live" : "kill")}-{sender}-{cohort}-{i}");
            customers.Add(customer);
            // A little ago: what is ahead of the engine's clock would count as received now, which differs between two runs.
            if (visit == VisitsMax) calls.Add(Call(customer, 0, "Product Added", sentAt.AddMilliseconds(i - 1000)));
            else Visit(calls, customer, visit, _first + (visit * s_between) + TimeSpan.FromMilliseconds(i), draw.Next(100));
        }

        return new KillBatch(JsonSerializer.SerializeToUtf8Bytes(new { batch = calls }), calls.Count, customers);
    }

    private static void Visit(List<object> calls, string customer, int visit, DateTimeOffset at, int draw)
    {
        var number = visit * 10;
        calls.Add(Call(customer, number++, "Product Viewed", at));
        calls.Add(Call(customer, number++, "Product Added", at.AddMilliseconds(200)));
        if (draw is >= 60 and < 75) calls.Add(Call(customer, number++, "Payment Failed", at.AddMilliseconds(400)));
        if (draw < 80) calls.Add(Call(customer, number, "Order Completed", at.AddMilliseconds(600)));
    }

    private static object Call(string customer, int number, string name, DateTimeOffset at) => new
    {
        type = "track",
        messageId = Text($"{customer}-{number}"),
        userId = customer,
        @event = name,
        timestamp = at.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        properties = new
        {
            product_id = Text($"p{number % 7}"),
            category = "shoes",
            brand = "acme",
            price = 20 + number,
            quantity = 1,
            currency = "EUR",
            order_id = name == "Order Completed" ? Text($"{customer}-{number}") : null,
        },
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int HashCode(int seed, int sender, int index) => unchecked((((seed * 397) ^ sender) * 397) ^ index);
}
