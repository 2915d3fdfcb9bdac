using Microsoft.Extensions.Options;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Bounds of <see cref="InferenceOptions"/>; each failure names the setting, its value, the rule.</summary>
public sealed class InferenceOptionsValidator : IValidateOptions<InferenceOptions>
{
    public ValidateOptionsResult Validate(string? name, InferenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new List<string>();
        Text(nameof(options.ModelsDirectory), options.ModelsDirectory);
        Text(nameof(options.ModelName), options.ModelName);
        if (options.ModelName?.AsSpan().ContainsAny('/', '\\') == true || options.ModelName is "." or "..")
        {
            failures.Add($"ModelName is {options.ModelName}; it has to be one folder name.");
        }

        if (options.ModelVersion is { } version && (version.Length == 0 || version.AsSpan().ContainsAnyExceptInRange('0', '9')))
        {
            failures.Add($"ModelVersion is {version}; it has to be a whole number, or absent for the highest.");
        }

        if (!Enum.IsDefined(options.Accelerator))
        {
            failures.Add($"Accelerator is {options.Accelerator}; it has to be Cpu or Cuda.");
        }

        Range(nameof(options.CudaDevice), options.CudaDevice, 0, 63);
        Range(nameof(options.CallersMax), options.CallersMax, 1, 1024);
        Range(nameof(options.BatchSizeMax), options.BatchSizeMax, 1, 4096);
        Range(nameof(options.QueueLengthMax), options.QueueLengthMax, Math.Clamp(options.BatchSizeMax, 1, 4096), 1_000_000);
        Span(nameof(options.QueueDelayMax), options.QueueDelayMax, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Range(nameof(options.FailuresMax), options.FailuresMax, 1, 1000);
        Span(nameof(options.CoolDown), options.CoolDown, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Range(nameof(options.FailuresPerLogEntry), options.FailuresPerLogEntry, 1, 1_000_000);
        Range(nameof(options.WarmUpRowsMax), options.WarmUpRowsMax, Math.Clamp(options.BatchSizeMax, 1, 4096), 4096);
        Span(nameof(options.StepDurationMax), options.StepDurationMax, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Text(string setting, string? value)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                failures.Add($"{setting} is empty; it has to be set.");
            }
        }

        void Range(string setting, int value, int from, int to)
        {
            if (value < from || value > to)
            {
                failures.Add($"{setting} is {value}; it has to be {from} to {to}.");
            }
        }

        void Span(string setting, TimeSpan value, TimeSpan from, TimeSpan to)
        {
            if (value < from || value > to)
            {
                failures.Add($"{setting} is {value}; it has to be {from} to {to}.");
            }
        }
    }
}
