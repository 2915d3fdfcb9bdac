using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Demo;

/// <summary>
/// A shop with customers who browse, compare, abandon, buy, complain and leave: one ordered stream of canonical events, drawn from
/// a seed in simulated time. Pure: no clock, no I/O; reading it again gives the same events.
/// </summary>
public sealed class ShopSimulator
{
    private readonly ShopSimulatorOptions _options;
    private readonly ShopCatalogue _catalogue;

    /// <exception cref="ArgumentException">An option is out of bounds; the message names every one.</exception>
    public ShopSimulator(ShopSimulatorOptions options)
    {
        var problems = ShopSimulatorOptions.Validate(options);
        if (problems.Count > 0)
        {
            throw new ArgumentException($"The simulated shop cannot open: {string.Join("; ", problems)}.", nameof(options));
        }

        _options = options;
        _catalogue = new ShopCatalogue(options);
    }

    /// <summary>
    /// Events in order of event time. Endless unless <see cref="ShopSimulatorOptions.Days"/> is set; lazily drawn, about 2 KB of
    /// memory for each living customer.
    /// </summary>
    public IEnumerable<CustomerEvent> Events()
    {
        var endMs = _options.Days is { } days ? _options.Start.UnixMs + (days * SimulatedCustomer.DayMs) : long.MaxValue;
        var arrivalMs = _options.ArrivalDays * SimulatedCustomer.DayMs;
        var lives = new PriorityQueue<IEnumerator<(long AtMs, CustomerEvent Event)>, (long AtMs, long Index)>(_options.Customers);
        long born = 0;
        for (; born < _options.Customers; born++)
        {
            Admit(_options.Start.UnixMs + (long)(arrivalMs * born / _options.Customers));
        }

        while (lives.TryPeek(out var life, out var next) && next.AtMs < endMs)
        {
            yield return life.Current.Event;
            if (life.MoveNext())
            {
                lives.DequeueEnqueue(life, (life.Current.AtMs, next.Index));
            }
            else
            {
                lives.Dequeue();
                life.Dispose();
                Admit(next.AtMs);
                born++;
            }
        }

        void Admit(long atMs)
        {
            // A life that ends without a single event is nobody; the next one takes the place.
            var life = new CustomerLife(_options, _catalogue, born, atMs).Events().GetEnumerator();
            while (!life.MoveNext())
            {
                life.Dispose();
                life = new CustomerLife(_options, _catalogue, ++born, atMs).Events().GetEnumerator();
            }

            lives.Enqueue(life, (life.Current.AtMs, born));
        }
    }
}
