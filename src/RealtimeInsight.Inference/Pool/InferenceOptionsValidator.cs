using Microsoft.Extensions.Options;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Bounds of <see cref="InferenceOptions"/>; each failure names the setting, its value, the rule.</summary>
public sealed class InferenceOptionsValidator : IValidateOptions<InferenceOptions>
{
    public ValidateOptionsResult Validate(string? name, InferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new OptionFailures();
        Text(nameof(options.ModelsDirectory), options.ModelsDirectory);
        Text(nameof(options.ModelName), options.ModelName);
        failures.FolderName(nameof(options.ModelName), options.ModelName);
        failures.Version(nameof(options.ModelVersion), options.ModelVersion);
        if (!Enum.IsDefined(options.Accelerator))
        {
            failures.Add($"Accelerator is {options.Accelerator}; it has to be Cpu or Cuda.");
        }

        failures.Range(nameof(options.CudaDevice), options.CudaDevice, 0, 63);
        if (options.CudaGraphs && options.Accelerator != Accelerator.Cuda)
        {
            failures.Add($"CudaGraphs is True with Accelerator {options.Accelerator}; only CUDA captures graphs. "
                + "Set Accelerator=Cuda, or leave CudaGraphs out.");
        }

        failures.Range(nameof(options.CallersMax), options.CallersMax, 1, 1024);
        failures.Range(nameof(options.BatchSizeMax), options.BatchSizeMax, 1, 4096);
        failures.Range(nameof(options.QueueLengthMax), options.QueueLengthMax, Math.Clamp(options.BatchSizeMax, 1, 4096), 1_000_000);
        failures.Range(nameof(options.QueueDelayMax), options.QueueDelayMax, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        failures.Range(nameof(options.FailuresMax), options.FailuresMax, 1, 1000);
        failures.Range(nameof(options.CoolDown), options.CoolDown, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        failures.Range(nameof(options.FailuresPerLogEntry), options.FailuresPerLogEntry, 1, 1_000_000);
        failures.Range(nameof(options.WarmUpRowsMax), options.WarmUpRowsMax, Math.Clamp(options.BatchSizeMax, 1, 4096), 4096);
        if (options.BatchSizes is { Count: > 0 } sizes && BatchSizes.ProblemOf(sizes) is { } problem)
        {
            failures.Add($"BatchSizes {problem}.");
        }

        failures.Range(nameof(options.StepDurationMax), options.StepDurationMax, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        return failures.Result;

        void Text(string setting, string? value)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                failures.Add($"{setting} is empty; it has to be set.");
            }
        }
    }
}
