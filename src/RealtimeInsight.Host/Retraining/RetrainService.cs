using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Inference.Lifecycle;
using RealtimeInsight.Inference.Models;

namespace RealtimeInsight.Host.Retraining;

/// <summary>Runs the retrainer beside a started engine, where the settings name a trainer.</summary>
internal sealed partial class RetrainService(
    HostSettings settings, EngineGate gate, IMeterFactory meters, TimeProvider time, ILoggerFactory loggers, ILogger<RetrainService> logger)
    : BackgroundService
{
    private volatile Retrainer? _retrainer;

    /// <summary>Whether a trainer is configured.</summary>
    public bool IsOn => settings.Retrain.IsOn;

    /// <exception cref="ModelRequestException">No trainer is configured.</exception>
    /// <exception cref="EngineUnavailableException">The engine does not run yet or any more.</exception>
    public Retrainer Retrainer => !settings.Retrain.IsOn
        ? throw new ModelRequestException(
            "Retrain:Command is not set, so nothing is trained; name the program that trains in the settings.")
        : _retrainer ?? throw new EngineUnavailableException("the engine is starting or stopping; send the request again later");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!settings.Retrain.IsOn) return;
        meters.Create(HostMeter.Name).CreateObservableGauge(
            "realtime_insight.model.proposals", () => _retrainer?.State.Phase == RetrainPhase.Proposed ? 1 : 0, "{version}",
            "1 while a version that proved better waits to be promoted or rejected");
        try
        {
            await gate.OpenedAsync(stoppingToken).ConfigureAwait(false);
            var retrainer = new Retrainer(
                settings.Retrain, gate.Models, gate.GetModelWatch,
                new ProcessTrainer(settings.Retrain, loggers.CreateLogger<ProcessTrainer>()),
                new RetrainFile(settings.Host.DataDir), time, loggers.CreateLogger<Retrainer>());
            await using (retrainer.ConfigureAwait(false))
            {
                retrainer.Resume();
                _retrainer = retrainer;
                using var timer = new PeriodicTimer(settings.Retrain.CheckInterval, time);
                do await StepAsync(retrainer).ConfigureAwait(false);
                while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
            }
        }
        catch (EngineUnavailableException without)
        {
            LogNotRun(logger, without.Message);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            LogEnds(logger);
        }
        finally
        {
            _retrainer = null;
        }
    }

    /// <summary>What cannot be done now is tried again with the next look.</summary>
    private async Task StepAsync(Retrainer retrainer)
    {
        try
        {
            await retrainer.StepAsync().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is ModelRequestException or ModelRefusedException or EngineUnavailableException
            or IOException or UnauthorizedAccessException)
        {
            LogStepFailed(logger, problem.Message);
        }
    }

    [LoggerMessage(5070, LogLevel.Warning, "A step of the retraining cannot be taken now, it is tried again: {Reason}")]
    private static partial void LogStepFailed(ILogger logger, string reason);

    [LoggerMessage(5072, LogLevel.Warning, "Nothing is retrained: {Reason}")]
    private static partial void LogNotRun(ILogger logger, string reason);

    [LoggerMessage(5071, LogLevel.Debug, "The retraining ends with the host")]
    private static partial void LogEnds(ILogger logger);
}
