using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Identity;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Simulation.Plan;
using RealtimeInsight.Simulation.Time;

namespace RealtimeInsight.Simulation.World;

/// <summary>
/// One engine, its disk, its model, its receivers and the senders before it, all stepped by one thread in an order drawn from the seed.
/// </summary>
internal sealed class SimulatedWorld : IDisposable
{
    private readonly Shop _shop;
    private readonly Seams _seams;
    private readonly Draw _order;
    private readonly Draw _starts;
    private readonly SteppedHost _host;
    private readonly FaultyModel.Line _line;
    private readonly Meter _meter = new(EngineInstruments.MeterName);
    private readonly Meter _poolMeter = new("RealtimeInsight.Simulation");
    private InferencePool? _pool;
    private Task? _stopping;
    private int _process;
    private bool _hasDied;
    private long _answersLostUntil;
    private TimeSpan _downFor;
    private long _scoredBefore;

    public SimulatedWorld(Shop shop, Seams seams)
    {
        _shop = shop;
        _seams = seams;
        var seed = shop.Options.Seed;
        Time = new VirtualTime(Shop.Start.ToDateTimeOffset());
        _order = new Draw(seed, "order");
        _starts = new Draw(seed, "starts");
        _host = new SteppedHost(Time);
        Agenda = new Agenda(Time);
        _line = new FaultyModel.Line(new Draw(seed, "model"));
        Journal = new Journal(this);
        Disk = new FaultyDisk { Died = () => _hasDied = true, Happened = Happened, Written = Journal.Written };
        Receivers = [.. new[] { "webhook", "mail" }.Select(name => new FaultyReceiver(name, seed, Agenda, () => _process)
        {
            Changed = decision => Break("same_body", $"{decision} was sent again with another body"),
        })];
        Senders = [.. Enumerable.Range(0, shop.SendersMax).Select(
            index => new Sender(this, new Draw(seed, $"sender {index}"), shop.BatchMax))];
    }

    public VirtualTime Time { get; }

    public Agenda Agenda { get; }

    public FaultyDisk Disk { get; }

    public FaultyReceiver[] Receivers { get; }

    public Sender[] Senders { get; }

    public Story Story { get; } = new();

    public Journal Journal { get; }

    /// <summary>Every event that somebody may send.</summary>
    public HashSet<(CustomerId Customer, string Id)> Known { get; } = [];

    /// <summary>Null while no process runs.</summary>
    public EmbeddedEngine? Engine { get; private set; }

    public TimeSpan Elapsed => Time.GetElapsedTime(Shop.Start.ToDateTimeOffset().UtcTicks);

    /// <summary>The newest moment that the wall clock has shown.</summary>
    public Instant WallMax { get; private set; }

    public int Crashes { get; private set; }

    public int Faults { get; private set; }

    public long Steps { get; private set; }

    public int ModelVersion { get; private set; } = 1;

    public InferencePool? Pool => _pool;

    /// <summary>Called after each start that went well.</summary>
    public Action Started { get; set; } = static () => { };

    public void Start()
    {
        _process++;
        _pool = new InferencePool(
            new InferenceOptions
            {
                ModelName = "simulated", WarmUpRowsMax = 2, BatchSizes = [1, 2], CallersMax = 1, CoolDown = TimeSpan.FromSeconds(5),
            },
            new InferenceInstruments(_poolMeter), Time, NullLogger<InferencePool>.Instance);
        LoadModel();
        _shop.Engine.Shards = _starts.Whole(1, 3);
        var engine = new EmbeddedEngine(
            _shop.Engine, _shop.Customer, new DecisionMaker(_shop.Policy), _pool, _seams.Store(Disk.Store),
            Receivers.Select(receiver => _seams.Channel(receiver)), new EngineInstruments(_meter), Time,
            NullLogger<EmbeddedEngine>.Instance)
        {
            WorkHost = _host,
        };
        var start = engine.StartAsync(CancellationToken.None);
        if (!start.IsCompletedSuccessfully)
        {
            Break("starts", $"the engine does not start: {start.Exception?.InnerException?.Message ?? "it waits"}");
            return;
        }

        Engine = engine;
        var status = engine.GetStatus();
        _scoredBefore = status.Scores + status.ScoresDegraded;
        Story.Tell(Elapsed, $"start {_process} with {_shop.Engine.Shards} shards");
        Started();
    }

    /// <summary>Another version serves from now on.</summary>
    public void SwapModel()
    {
        ModelVersion++;
        if (_pool is not null) LoadModel();
    }

    public bool IsModelFaulty
    {
        get => _line.IsFaulty;
        set => _line.IsFaulty = value;
    }

    /// <summary>The process dies; another one is started later.</summary>
    public void Crash(TimeSpan downFor)
    {
        if (Engine is null) return;
        Crashes++;
        GoneDown(downFor);
    }

    /// <summary>The process is told to stop; another one is started later.</summary>
    public void Restart(TimeSpan downFor)
    {
        if (Engine is null || _stopping is not null) return;
        _downFor = downFor;
        _stopping = Engine.StopAsync();
    }

    public string? Pause(int number, TimeSpan span) => _host.Pause(number, span);

    public void LoseAnswers(TimeSpan span) => _answersLostUntil = Time.GetTimestamp() + span.Ticks;

    public bool LosesAnswer() => Time.GetTimestamp() < _answersLostUntil;

    public void Answered(PlannedSend send, EventOutcome outcome) => Journal.Answered(send, outcome);

    public void Happened(FaultKinds kind)
    {
        Faults++;
        Story.Tell(Elapsed, $"fault {kind}");
    }

    public void Break(string invariant, string detail) => Story.Break(Elapsed, invariant, detail);

    /// <summary>No fault is left, whatever was ordered; a process runs.</summary>
    public void Heal()
    {
        Disk.Heal();
        _host.Resume();
        _answersLostUntil = 0;
        IsModelFaulty = false;
        foreach (var receiver in Receivers) receiver.IsFaulty = false;
    }

    /// <summary>Does one thing that can be done now, or moves the clock to the next; false when there is none up to the limit.</summary>
    public bool Step(TimeSpan until)
    {
        var ready = _host.Ready();
        var senders = 0;
        foreach (var sender in Senders) senders += sender.IsReady ? 1 : 0;
        var choices = ready.Count + senders + (Agenda.IsDue ? 1 : 0);
        if (choices == 0) return Advance(until);
        var choice = _order.Whole(0, choices - 1);
        if (choice < ready.Count) StepEngine(ready[choice]);
        else if (choice < ready.Count + senders) Nth(choice - ready.Count).Step();
        else Agenda.RunNext();
        if (_hasDied) Crash(_starts.Span(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(60)));
        else Watch();
        return true;
    }

    /// <summary>The scoring of each event that was taken was settled once: with a score, or without one.</summary>
    public void CheckScores()
    {
        if (Engine?.GetStatus() is not { } status) return;
        var settled = status.Scores + status.ScoresDegraded - _scoredBefore;
        if (settled == status.EventsAccepted) return;
        Break("scored_once", $"{status.EventsAccepted} events were taken, {settled} scorings settled");
    }

    public void Dispose()
    {
        _meter.Dispose();
        _poolMeter.Dispose();
    }

    private void StepEngine(Worker worker)
    {
        Steps++;
        var outcome = _host.Step(worker);
        Story.Note((ulong)Time.GetTimestamp() ^ (ulong)outcome);
        Story.Note(worker.Work.Name);
    }

    private Sender Nth(int number) => Senders.Where(static sender => sender.IsReady).ElementAt(number);

    private bool Advance(TimeSpan until)
    {
        TimeSpan? next = null;
        Sooner(ref next, Time.NextTimerIn);
        Sooner(ref next, Agenda.NextIn());
        Sooner(ref next, _host.NextIn());
        foreach (var sender in Senders) Sooner(ref next, sender.NextIn());
        var left = until - Elapsed;
        if (left <= TimeSpan.Zero) return false;
        var span = next is { } soon && soon < left ? soon : left;

        // Timers are armed in whole ticks: a wait of none would not move.
        Time.Advance(span > TimeSpan.Zero ? span : TimeSpan.FromTicks(1));
        WallMax = Instant.Max(WallMax, Instant.From(Time.GetUtcNow()));
        return true;
    }

    private static void Sooner(ref TimeSpan? next, TimeSpan? candidate)
    {
        if (candidate is { } span && (next is null || span < next)) next = span;
    }

    /// <summary>What holds after every step, and what an operator does.</summary>
    private void Watch()
    {
        if (Engine?.Parts is not { } parts) return;
        Journal.CheckChain(parts);
        if (_stopping is { IsCompleted: true })
        {
            Story.Tell(Elapsed, "stopped in order");
            GoneDown(_downFor);
        }
        else if (_stopping is null && parts.Problem is { } problem)
        {
            if (!problem.Contains("the answer of the disk was lost", StringComparison.Ordinal)) Break("keeps_working", problem);
            GoneDown(TimeSpan.FromSeconds(5));
        }
    }

    private void GoneDown(TimeSpan downFor)
    {
        CheckScores();
        Story.Tell(Elapsed, $"down for {downFor.TotalSeconds:0.000} s");
        _hasDied = false;
        _stopping = null;
        _process++;
        Engine = null;
        _pool = null;
        _host.Clear();
        Time.DropTimers();
        foreach (var sender in Senders) sender.Hung();
        Agenda.In(downFor, Start);
    }

    private void LoadModel()
    {
        var isFaulty = IsModelFaulty;
        IsModelFaulty = false;
        _pool!.Swap(new FaultyModel(ModelVersion, _line));
        IsModelFaulty = isFaulty;
    }
}
