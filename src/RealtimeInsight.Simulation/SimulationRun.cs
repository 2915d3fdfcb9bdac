using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Simulation.Checks;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.World;

namespace RealtimeInsight.Simulation;

/// <summary>One run: load under faults, healing, convergence, and the checks of each.</summary>
internal sealed class SimulationRun : IDisposable
{
    /// <summary>Longest time from healing until everything is settled: the schedule of delivery is over by then.</summary>
    private static readonly TimeSpan s_convergenceMax = TimeSpan.FromDays(5);
    private static readonly TimeSpan s_quietMin = TimeSpan.FromHours(1);
    private const FaultKinds ScoreFaults = FaultKinds.Model | FaultKinds.ModelSwap;
    private const int ViolationsMax = 20;

    /// <summary>Far more than any run needs: nothing of the engine polls.</summary>
    private const int StepsMax = 50_000;
    private const int StepsOfASendMax = 100;
    private readonly Shop _shop;
    private readonly SimulatedWorld _world;
    private readonly List<PlannedSend> _sends;
    private readonly Dictionary<string, CustomerEvent> _planned = new(StringComparer.Ordinal);
    private readonly StateCheck _states;
    private Dictionary<string, byte[]> _snapshot = [];
    private bool _isBusy;

    private SimulationRun(Shop shop, Seams seams)
    {
        _shop = shop;
        _world = new SimulatedWorld(shop, seams);
        _states = new StateCheck(_world, shop);
        _sends = new Workload(shop).Draw();
        foreach (var send in _sends) Plan(send);
    }

    /// <summary>
    /// Runs the options; with event time a second run without faults has to end in the same bytes: states, decisions and actions.
    /// </summary>
    public static SimulationResult Run(SimulationOptions options, Seams seams)
    {
        var shop = new Shop(options);
        using var run = new SimulationRun(shop, seams);
        var faults = shop.IsEventTime ? options.Faults & ~ScoreFaults : options.Faults;
        run.Go(faults);
        if (shop.IsEventTime && faults != FaultKinds.None && run._world.Story.Violations.Count == 0)
        {
            using var calm = new SimulationRun(new Shop(options), new Seams());
            calm.Go(FaultKinds.None);
            run.CompareWith(calm);
        }

        return run.Result();
    }

    public void Dispose() => _world.Dispose();

    private void Go(FaultKinds faults)
    {
        var end = TimeSpan.FromMinutes(_shop.Options.Minutes);
        new FaultInjector(_world).Plan(PlannedFault.DrawAll(_shop.Options.Seed, _shop.Options.Minutes, faults));
        _world.Started = () => Check("recovered", isFinal: false);
        _world.Start();
        StepUntil(end);
        _world.Agenda.In(TimeSpan.Zero, _world.Heal);
        SendLast(end);
        Converge(end);
        if (IsBroken) return;
        Check("state", isFinal: true);
        _world.CheckScores();
        var histories = LoggedHistory.ReadAll(_world.Disk.Store);
        var decisions = new DecisionCheck(_world, _shop);
        decisions.Run(histories);
        new MissingCheck(_world, _shop).Run(histories);
        new DeliveryCheck(_world).Run(decisions.Decided);
        foreach (var (name, _) in _planned)
        {
            if (!_world.Journal.Answers.ContainsKey(name)) _world.Break("answered", $"{name} was sent and never answered");
        }

        _snapshot = _world.Engine is null ? [] : _states.Snapshot(histories);
        foreach (var (_, state) in _snapshot) _world.Story.Note(Convert.ToHexString(state));
    }

    private bool IsBroken => _isBusy || _world.Story.Violations.Count >= ViolationsMax;

    private bool IsSettled =>
        _world.Senders.All(static sender => sender.IsDone)
        && _world.Engine?.Parts is { } parts
        && parts.Commit.CommittedOffset == parts.Commit.Queue.NextOffset
        && _world.Disk.Store.CountOutbox().Pending == 0;

    private void StepUntil(TimeSpan until)
    {
        while (!IsBroken && _world.Step(until))
        {
            if (_world.Steps <= StepsMax + (StepsOfASendMax * (long)_sends.Count)) continue;
            _isBusy = true;
            _world.Break("busy", $"{_world.Steps} steps of the engine for {_sends.Count} events sent: it gets nowhere");
        }
    }

    /// <summary>Every customer comes once more, so that each has been scored since the model works.</summary>
    private void SendLast(TimeSpan end)
    {
        var customers = _sends.Select(static send => send.Customer).Distinct().Order().ToArray();
        var at = end + TimeSpan.FromMinutes(2);
        foreach (var customer in customers)
        {
            at += TimeSpan.FromMilliseconds(1);
            Plan(Workload.Last(customer, at));
        }
    }

    private void Converge(TimeSpan end)
    {
        // Lost answers and outages hold senders up; late events and repetitions are planned beyond the end.
        var limit = end + s_convergenceMax;
        var step = end + s_quietMin + (_world.Time.Skew < TimeSpan.Zero ? -_world.Time.Skew : TimeSpan.Zero);
        while (!IsBroken)
        {
            StepUntil(step);
            if (IsSettled) return;
            if (step >= limit)
            {
                _world.Break("converges", Unsettled());
                return;
            }

            step += s_quietMin;
        }
    }

    private string Unsettled() =>
        $"{_world.Senders.Count(static sender => !sender.IsDone)} senders are not done, "
        + $"{_world.Disk.Store.CountOutbox().Pending} actions wait, the engine {(_world.Engine is null ? "is down" : "runs")}, "
        + $"{s_convergenceMax.TotalDays} days after everything works again";

    private void Plan(PlannedSend send)
    {
        // A repetition may come by another way than the first.
        var way = _planned.ContainsKey(send.Name) ? send.Customer + 1 : send.Customer;
        _world.Senders[way % _world.Senders.Length].Plan(send);
        _planned[send.Name] = send.Event;
        _world.Known.Add((send.Event.Customer, send.Event.Id.Value));
    }

    private void Check(string invariant, bool isFinal)
    {
        var histories = LoggedHistory.ReadAll(_world.Disk.Store);
        new EventCheck(_world, _planned).Run(histories);
        _states.Run(invariant, histories, isFinal);
    }

    private void CompareWith(SimulationRun calm)
    {
        foreach (var (customer, state) in calm._snapshot)
        {
            if (!_snapshot.TryGetValue(customer, out var found)) _world.Break("same_as_calm", $"{customer} is missing");
            else if (!found.AsSpan().SequenceEqual(state)) _world.Break("same_as_calm", $"{customer} differs from the run without faults");
        }

        foreach (var (decision, row) in calm._world.Journal.Outbox)
        {
            if (!_world.Journal.Outbox.TryGetValue(decision, out var found)) _world.Break("same_as_calm", $"action {decision} is missing");
            else if (!found.Body.Span.SequenceEqual(row.Body.Span)) _world.Break("same_as_calm", $"action {decision} has another body");
        }

        foreach (var decision in _world.Journal.Outbox.Keys.Except(calm._world.Journal.Outbox.Keys))
        {
            _world.Break("same_as_calm", $"action {decision} is not there without faults");
        }
    }

    private SimulationResult Result() => new(
        _shop.Options,
        _world.Journal.Answers.Values.Count(static outcome => outcome == EventOutcome.Accepted),
        _world.Senders.Sum(static sender => sender.Sent),
        _world.Journal.Outbox.Count,
        _world.Receivers.Sum(static receiver => receiver.Requests),
        _world.Crashes,
        _world.Faults + (int)_world.Receivers.Sum(static receiver => receiver.Faults),
        _world.Steps,
        _world.Story.Digest,
        _world.Story.Violations,
        _world.Story.Lines);
}
