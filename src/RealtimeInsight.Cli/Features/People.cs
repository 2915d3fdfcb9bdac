using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;

namespace RealtimeInsight.Cli.Features;

/// <summary>
/// The actors of a source as the engine keeps them, one an id, and the persons behind them: when a customer's event names the visitor
/// they were before, the outcomes of the visitor's events are looked for in what the customer does.
/// </summary>
internal sealed class People
{
    private readonly Dictionary<CustomerId, Actor> _actors = [];

    public int PersonCount { get; private set; }

    public int ActorCount => _actors.Count;

    public Actor Of(CustomerEvent customerEvent)
    {
        if (_actors.TryGetValue(customerEvent.Customer, out var actor)) return actor;
        var person = customerEvent.Visitor is { } visitor && _actors.TryGetValue(visitor, out var before) ? before.Person : PersonCount++;
        actor = new Actor(new CustomerState(customerEvent.Customer), _actors.Count, person);
        _actors.Add(customerEvent.Customer, actor);
        return actor;
    }

    /// <summary>One customer of the engine: its state, its place in the order of first appearance, and its person.</summary>
    internal sealed record Actor(CustomerState State, int Index, int Person);
}
