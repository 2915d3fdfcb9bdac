using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>Every event that was acknowledged is in the log, and none is there twice or without having been sent.</summary>
internal sealed class EventCheck(SimulatedWorld world, IReadOnlyDictionary<string, CustomerEvent> planned)
{
    public void Run(IReadOnlyDictionary<CustomerId, LoggedHistory> histories)
    {
        var logged = new Dictionary<(CustomerId, string), int>();
        foreach (var history in histories.Values)
        {
            foreach (var (_, item) in history.Events)
            {
                var key = (item.Customer, item.Id.Value);
                var count = logged[key] = logged.GetValueOrDefault(key) + 1;
                if (count == 2) world.Break("event_once", $"event {item.Id.Value} is in the log twice");
            }
        }

        foreach (var (name, outcome) in world.Journal.Answers)
        {
            var item = planned[name];
            var isLogged = logged.ContainsKey((item.Customer, item.Id.Value));
            if (outcome == EventOutcome.Accepted && !isLogged) world.Break("acknowledged", $"{name} is not in the log");
            if (outcome == EventOutcome.Late && isLogged) world.Break("rejected", $"{name} was answered with late and is in the log");
        }

        foreach (var (key, _) in logged)
        {
            if (!world.Known.Contains(key)) world.Break("event_sent", $"event {key.Item2} is in the log and was never sent");
        }
    }
}
