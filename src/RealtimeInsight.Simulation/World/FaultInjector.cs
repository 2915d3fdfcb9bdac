using RealtimeInsight.Simulation.Plan;

namespace RealtimeInsight.Simulation.World;

/// <summary>Makes planned faults happen at their time.</summary>
internal sealed class FaultInjector(SimulatedWorld world)
{
    public void Plan(IEnumerable<PlannedFault> faults)
    {
        foreach (var fault in faults) world.Agenda.In(fault.At, () => Inject(fault));
    }

    private void Inject(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKinds.Crash:
                if (world.Engine is null) return;
                world.Happened(fault.Kind);
                world.Crash(fault.Lasts);
                break;
            case FaultKinds.Restart:
                if (world.Engine is null) return;
                world.Happened(fault.Kind);
                world.Restart(fault.Lasts);
                break;
            case FaultKinds.CommitCrash:
                world.Disk.DecideNext(fault.Number % 2 == 0 ? CommitFate.DieBefore : CommitFate.DieAfter);
                break;
            case FaultKinds.CommitUnknown:
                world.Disk.DecideNext(CommitFate.Unknown);
                break;
            case FaultKinds.CommitFailure:
                world.Disk.FailNext(1 + (fault.Number % 4));
                break;
            case FaultKinds.DiskFull:
                Lasting(fault, isOn => world.Disk.IsFull = isOn);
                break;
            case FaultKinds.Pause:
                if (world.Pause(fault.Number, fault.Lasts) is not null) world.Happened(fault.Kind);
                break;
            case FaultKinds.Webhook:
                var receiver = world.Receivers[fault.Number % world.Receivers.Length];
                Lasting(fault, isOn => receiver.IsFaulty = isOn);
                break;
            case FaultKinds.Model:
                Lasting(fault, isOn => world.IsModelFaulty = isOn);
                break;
            case FaultKinds.ModelSwap:
                world.Happened(fault.Kind);
                world.SwapModel();
                break;
            case FaultKinds.ClockJump:
                world.Happened(fault.Kind);
                world.Time.SetWallClock(fault.Number % 2 == 0 ? fault.Lasts : -fault.Lasts);
                break;
            case FaultKinds.LostAnswer:
                world.Happened(fault.Kind);
                world.LoseAnswers(fault.Lasts);
                break;
        }
    }

    private void Lasting(PlannedFault fault, Action<bool> set)
    {
        world.Happened(fault.Kind);
        set(true);
        world.Agenda.In(fault.Lasts, () => set(false));
    }
}
