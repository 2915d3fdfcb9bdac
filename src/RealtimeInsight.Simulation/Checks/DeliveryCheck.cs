using RealtimeInsight.Engine.Storage;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation.Checks;

/// <summary>Each action arrived, nothing arrived that was not decided, and what was given up was refused.</summary>
internal sealed class DeliveryCheck(SimulatedWorld world)
{
    public void Run(IReadOnlySet<string> decided)
    {
        var arrived = new HashSet<string>(StringComparer.Ordinal);
        foreach (var receiver in world.Receivers)
        {
            foreach (var decision in receiver.Bodies.Keys)
            {
                if (!arrived.Add(decision)) world.Break("one_receiver", $"{decision} went to two receivers");
            }
        }

        foreach (var decision in decided)
        {
            if (arrived.Contains(decision)) continue;
            var isRefused = world.Receivers.Any(receiver => receiver.Refused.Contains(decision));
            var isDead = world.Disk.Store.FindProgress(decision).Delivery == OutboxState.Dead;
            if (!isRefused || !isDead) world.Break("delivered", $"{decision} was decided and never arrived");
        }

        foreach (var decision in arrived.Where(decision => !decided.Contains(decision)))
        {
            world.Break("committed_first", $"{decision} arrived and was never decided");
        }
    }
}
