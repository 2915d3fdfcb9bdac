using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Monitoring;

namespace RealtimeInsight.Host.Retraining;

/// <summary>
/// Has new versions trained by schedule or on drift, one at a time: train, check and register, shadow, compare, then propose or promote by
/// rule. Every step is written before it is taken; whatever a crash cuts off is found at the next start and finished, or ended and said so.
/// The champion changes in one place only, and through the registry like every other change. Thread-safe.
/// </summary>
/// <param name="watch">What is known of the models; throws <see cref="EngineUnavailableException"/> while the engine does not say.</param>
internal sealed partial class Retrainer(
    RetrainOptions options,
    ModelRegistry registry,
    Func<ModelWatch> watch,
    ITrainer trainer,
    RetrainFile file,
    TimeProvider time,
    ILogger<Retrainer> logger) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private volatile RetrainState _state = new();
    private Task<string?>? _training;

    public RetrainState State => _state;

    private DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Takes up what was under way; called once, before the first step.</summary>
    public void Resume()
    {
        RetrainState? kept = null;
        try
        {
            kept = file.Read();
        }
        catch (Exception damage) when (damage is IOException or JsonException or UnauthorizedAccessException)
        {
            LogUnreadable(logger, damage.Message);
        }

        _state = kept ?? new RetrainState { Since = Now, LastTraining = Now };
        if (_state.Phase != RetrainPhase.Training) return;

        // The trainer ended with the process that had started it, or is nobody's: its version counts only if it was registered.
        if (_state.Version is { } version && Listed(version) is { Problem: null }) Shadow(version);
        else End("interrupted: the engine ended while it was trained");
    }

    /// <summary>Does what is to be done now; returns when that is begun or done.</summary>
    public Task StepAsync() => InTurnAsync(() =>
    {
        switch (_state.Phase)
        {
            case RetrainPhase.Idle when RetrainRules.Due(options, _state, WatchOf(registry.List().Champion), Now) is { } reason:
                Train(reason);
                break;
            case RetrainPhase.Training when _training is { IsCompleted: true }:
                Trained(_training.Result);
                break;
            case RetrainPhase.Shadowing or RetrainPhase.Proposed:
                Compare(_state.Version!);
                break;
        }
    });

    /// <summary>Trains now, whatever the schedule says.</summary>
    /// <exception cref="ModelRequestException">One is under way already, or another shadow has the place.</exception>
    public Task TrainNowAsync() => InTurnAsync(() =>
    {
        if (_state.Phase != RetrainPhase.Idle)
        {
            throw new ModelRequestException(
                $"Version {_state.Version} is {Name(_state.Phase)}; one at a time. Promote or reject it first.");
        }

        if (ShadowOf() is { } other)
        {
            throw new ModelRequestException(
                $"Version {other} is the shadow, which the new one would have to be. End it: insight models shadow {other} 0.");
        }

        Train("asked for");
    });

    /// <summary>Makes the compared version the champion.</summary>
    /// <exception cref="ModelRequestException">There is none, or it cannot be promoted as things are.</exception>
    /// <exception cref="ModelRefusedException">It must not serve any more.</exception>
    public Task ApproveAsync() => InTurnAsync(() => Promote(Compared(), "promoted: approved"));

    /// <summary>Takes the compared version out of the shadow; it stays registered.</summary>
    /// <exception cref="ModelRequestException">There is none.</exception>
    public Task RejectAsync() => InTurnAsync(() =>
    {
        var version = Compared();
        registry.Shadow(version, 0);
        End("rejected");
    });

    /// <summary>Returns when the trainer has ended; at once when none runs.</summary>
    internal Task TrainingAsync() => _training ?? Task.CompletedTask;

    /// <summary>Ends the trainer; the state stays for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_training is not null) await _training.ConfigureAwait(false);
        _stopping.Dispose();
        _turn.Dispose();
    }

    private async Task InTurnAsync(Action work)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await Task.Run(work).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private void Train(string reason)
    {
        if (ShadowOf() is not null) return;
        var listing = registry.List();
        var highest = listing.Versions.Select(static one => long.Parse(one.Version, CultureInfo.InvariantCulture)).DefaultIfEmpty(0).Max();
        var version = (highest + 1).ToString(CultureInfo.InvariantCulture);
        Put(_state with
        {
            Phase = RetrainPhase.Training, Version = version, Reason = reason, Since = Now, LastTraining = Now, Comparison = null,
        });
        LogTrains(logger, version, reason);
        _training = TrainAsync(FolderOf(version));
    }

    /// <summary>Why there is no version; null when there is one.</summary>
    private async Task<string?> TrainAsync(string folder)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var limit = time.CreateTimer(
            static source => ((CancellationTokenSource)source!).Cancel(), either, options.TrainingMax, Timeout.InfiniteTimeSpan);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
            await trainer.TrainAsync(folder, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (OperationCanceledException)
        {
            return _stopping.IsCancellationRequested
                ? "interrupted: the engine ends"
                : $"failed: it took longer than {options.TrainingMax}";
        }
        catch (Exception problem) when (problem is TrainingFailedException or IOException or UnauthorizedAccessException)
        {
            return $"failed: {problem.Message}";
        }
    }

    private void Trained(string? problem)
    {
        _training = null;
        var version = _state.Version!;
        var folder = FolderOf(version);
        try
        {
            if (problem is null)
            {
                _ = registry.Register(ModelRepository.ReadFiles(folder));
                Shadow(version);
            }
        }
        catch (ModelRefusedException refused)
        {
            problem = $"refused: {refused.Message}";
        }

        if (problem is not null) End(problem);
        CleanUp();
    }

    /// <summary>Each training has a place of its own: one that outlives a killed engine does not meet the next.</summary>
    private string FolderOf(string version) =>
        Path.Combine(file.Staging, $"{_state.LastTraining.ToUnixTimeMilliseconds()}", registry.List().Name, version);

    private void CleanUp()
    {
        if (Directory.Exists(file.Staging)) Directory.Delete(file.Staging, recursive: true);
    }

    private void Shadow(string version)
    {
        try
        {
            registry.Shadow(version, options.ShadowShare);
            Put(_state with { Phase = RetrainPhase.Shadowing, Since = Now });
            LogShadows(logger, version);
        }
        catch (Exception refused) when (refused is ModelRequestException or ModelRefusedException)
        {
            End($"registered, but not compared: {refused.Message}");
        }
    }

    private void Compare(string version)
    {
        var role = Listed(version)?.Role;
        if (role != ModelRole.Shadow)
        {
            End(role == ModelRole.Champion ? "promoted" : "taken out of the shadow by hand");
            return;
        }

        var verdict = RetrainRules.Judge(options, WatchOf(version));
        if (verdict.Text != _state.Comparison) Put(_state with { Comparison = verdict.Text });
        if (verdict.Standing == Standing.Worse || Now - _state.Since > options.ShadowMax)
        {
            registry.Shadow(version, 0);
            End(verdict.Standing == Standing.Worse ? $"not better: {verdict.Text}" : $"no difference shown in time: {verdict.Text}");
        }
        else if (verdict.Standing == Standing.Better && options.PromoteByRule)
        {
            Promote(version, $"promoted by rule: {verdict.Text}");
        }
        else if (verdict.Standing == Standing.Better && _state.Phase == RetrainPhase.Shadowing)
        {
            Put(_state with { Phase = RetrainPhase.Proposed });
            LogProposes(logger, version, verdict.Text!);
        }
    }

    private void Promote(string version, string result)
    {
        registry.Promote(version);
        End(result);
    }

    private string Compared() => _state is { Phase: RetrainPhase.Shadowing or RetrainPhase.Proposed, Version: { } version }
        ? version
        : throw new ModelRequestException(
            $"No version is compared now (the retraining is {Name(_state.Phase)}); there is nothing to decide.");

    private void End(string result)
    {
        LogEnded(logger, _state.Version, result);
        Put(_state.Ended(Now, result));
    }

    private void Put(RetrainState state)
    {
        _state = state;
        try
        {
            file.Write(state);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // A restart would go on from the state before, which is safe from every one of them.
            LogNotKept(logger, problem.Message);
        }
    }

    private ListedVersion? Listed(string version) => registry.List().Versions.FirstOrDefault(one => one.Version == version);

    private string? ShadowOf() => registry.List().Versions.FirstOrDefault(static one => one.Role == ModelRole.Shadow)?.Version;

    private VersionWatch? WatchOf(string? version)
    {
        try
        {
            return watch().Versions.FirstOrDefault(one => one.Version == version);
        }
        catch (EngineUnavailableException unavailable)
        {
            LogNotWatched(logger, unavailable.Message);
            return null;
        }
    }

    private static string Name(RetrainPhase phase) => phase.ToString().ToLowerInvariant();

    [LoggerMessage(5062, LogLevel.Information, "Version {Version} is trained: {Reason}")]
    private static partial void LogTrains(ILogger logger, string version, string reason);

    [LoggerMessage(5063, LogLevel.Information, "Version {Version} is registered and scores as a shadow")]
    private static partial void LogShadows(ILogger logger, string version);

    [LoggerMessage(5064, LogLevel.Warning, "Version {Version} is better than the champion and waits to be promoted: {Comparison}")]
    private static partial void LogProposes(ILogger logger, string version, string comparison);

    [LoggerMessage(5065, LogLevel.Information, "The retraining of version {Version} ended: {Result}")]
    private static partial void LogEnded(ILogger logger, string? version, string result);

    [LoggerMessage(5066, LogLevel.Warning, "The kept state of the retraining cannot be read, it begins anew: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string reason);

    [LoggerMessage(5067, LogLevel.Warning, "The state of the retraining is not on disk: {Reason}")]
    private static partial void LogNotKept(ILogger logger, string reason);

    [LoggerMessage(5068, LogLevel.Debug, "The engine does not say what its models are worth: {Reason}")]
    private static partial void LogNotWatched(ILogger logger, string reason);
}
