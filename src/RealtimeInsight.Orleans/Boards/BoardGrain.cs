using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Notices;

namespace RealtimeInsight.Orleans.Boards;

/// <summary>One for the whole cluster; a call a second from every silo.</summary>
[GrainType("ri.board")]
internal sealed class BoardGrain(
    [PersistentState("board", SiloHosting.StorageName)] IPersistentState<BoardState> storage, CustomerCore core, TimeProvider time)
    : Grain, IBoardGrain
{
    /// <summary>A silo that has not reported for this long is not asked, and what it knew does not count.</summary>
    private static readonly TimeSpan s_silentMax = TimeSpan.FromSeconds(10);

    /// <summary>A reader that has not asked again for this long is gone; being told for longer costs little.</summary>
    private static readonly TimeSpan s_readerSilentMax = TimeSpan.FromMinutes(1);

    private const string Paused = "paused";
    private const string Disabled = "disabled";
    private readonly Dictionary<string, (SiloReport Report, DateTimeOffset At)> _silos = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (INoticeReader Reader, DateTimeOffset At)> _readers = new(StringComparer.Ordinal);
    private DateTimeOffset _since;
    private long _version;

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _since = time.GetUtcNow();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<BoardView> ReportAsync(SiloReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ContractVersion.Check(report.Version, "the silo's report");
        var now = time.GetUtcNow();
        _silos[report.Silo] = (report, now);
        foreach (var (silo, (_, at)) in _silos)
        {
            if (now - at > s_silentMax) _silos.Remove(silo);
        }

        await ForgetReadersAsync(now);
        await RememberAsync(report, isComplete: now - _since > s_silentMax);
        foreach (var gone in report.Gone)
        {
            if (!storage.State.Disabled.ContainsKey(gone.Name)) await ChangeAsync(state => state.Disabled[gone.Name] = gone);
        }

        return View();
    }

    /// <inheritdoc/>
    public Task<BoardView> GetAsync() => Task.FromResult(View());

    /// <inheritdoc/>
    public Task<EndpointReply[]> GetEndpointsAsync() => Task.FromResult(storage.State.Names
        .OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair => StatusOf(pair.Key, pair.Value)).ToArray());

    /// <inheritdoc/>
    public async Task<bool> DisableAsync(string endpoint, string reason)
    {
        if (!storage.State.Names.ContainsKey(endpoint)) return false;
        await ChangeAsync(state => state.Disabled[endpoint] = new DisabledEndpoint(endpoint, core.Now.UnixMs, reason));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> EnableAsync(string endpoint)
    {
        if (!storage.State.Names.ContainsKey(endpoint)) return false;
        await ChangeAsync(state => state.Disabled.Remove(endpoint));
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> FollowAsync(string name, INoticeReader reader)
    {
        var isNew = !_readers.ContainsKey(name);
        if (isNew && _readers.Count >= core.Options.NoticeReadersMax) return false;
        _readers[name] = (reader, time.GetUtcNow());
        if (isNew) await ShowAllAsync();
        return true;
    }

    /// <inheritdoc/>
    public Task LeaveAsync(string name) => _readers.Remove(name) ? ShowAllAsync() : Task.CompletedTask;

    private BoardView View() => new(
        GrainContext.ActivationId.ToString(), _version, [.. storage.State.Disabled.Values],
        [.. _readers.Values.Select(static one => one.Reader)]);

    private EndpointReply StatusOf(string name, string[] names)
    {
        if (storage.State.Disabled.TryGetValue(name, out var row))
        {
            return new EndpointReply(name, names, Disabled, row.AtMs, null, 0, row.Reason);
        }

        var known = _silos.Values.SelectMany(static silo => silo.Report.Endpoints).Where(one => one.Name == name).ToList();
        return known.Where(static one => one.State == Paused).MaxBy(static one => one.UntilMs) is { } paused
            ? paused with { Names = names }
            : new EndpointReply(name, names, "open", null, null, known.Select(static one => one.Failures).DefaultIfEmpty().Max(), null);
    }

    /// <summary>Keeps the names of endpoints, so that they are known whatever silo was heard last.</summary>
    /// <param name="isComplete">Every silo has been heard: what none has told of is set up no more.</param>
    private async Task RememberAsync(SiloReport report, bool isComplete)
    {
        var names = new Dictionary<string, string[]>(storage.State.Names);
        foreach (var endpoint in report.Endpoints) names[endpoint.Name] = endpoint.Names;
        var told = _silos.Values.SelectMany(static silo => silo.Report.Endpoints).Select(static one => one.Name).ToHashSet();
        foreach (var name in names.Keys)
        {
            if (isComplete && !told.Contains(name) && !storage.State.Disabled.ContainsKey(name)) names.Remove(name);
        }

        var isSame = names.Count == storage.State.Names.Count
            && names.All(pair => storage.State.Names.TryGetValue(pair.Key, out var before) && before.SequenceEqual(pair.Value));
        if (!isSame) await storage.ReplaceAsync(new BoardState { Disabled = storage.State.Disabled, Names = names });
    }

    private async Task ChangeAsync(Action<BoardState> change)
    {
        var state = new BoardState { Disabled = new(storage.State.Disabled), Names = storage.State.Names };
        change(state);
        await storage.ReplaceAsync(state);
        await ShowAllAsync();
    }

    /// <summary>Readers who are gone without a word are sent nothing any more.</summary>
    private Task ForgetReadersAsync(DateTimeOffset now)
    {
        var gone = _readers.Where(pair => now - pair.Value.At > s_readerSilentMax).Select(static pair => pair.Key).ToList();
        foreach (var name in gone) _readers.Remove(name);
        return gone.Count > 0 ? ShowAllAsync() : Task.CompletedTask;
    }

    private Task ShowAllAsync()
    {
        _version++;
        var view = View();
        return Task.WhenAll(_silos.Values.Select(silo => ShowAsync(silo.Report, view)));
    }

    private async Task ShowAsync(SiloReport silo, BoardView view)
    {
        try
        {
            await silo.Watcher.ShowAsync(view);
        }
        catch (Exception exception)
        {
            GrainLog.SiloNotShown(core.Logger, exception);
        }
    }
}
