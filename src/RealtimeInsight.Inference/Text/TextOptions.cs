using Microsoft.Extensions.Options;
using RealtimeInsight.Inference.Pool;

namespace RealtimeInsight.Inference.Text;

/// <summary>Settings of text classification. Checked by <see cref="TextOptionsValidator"/>.</summary>
public sealed class TextOptions
{
    public const string DefaultModel = "texts";

    /// <summary>Name of the text model in the repository. Default <c>texts</c>, which ships; empty: none is loaded.</summary>
    public string Model { get; set; } = DefaultModel;

    /// <summary>Version to serve. Default null: the highest one.</summary>
    public string? ModelVersion { get; set; }

    /// <summary>Threads that run the encoder. Default 1: it shares the machine with the engine.</summary>
    public int CallersMax { get; set; } = 1;

    /// <summary>Most texts of one run. Default 16.</summary>
    public int BatchSizeMax { get; set; } = 16;

    /// <summary>Most texts waiting; further ones are rejected. Default 1,024.</summary>
    public int QueueLengthMax { get; set; } = 1024;

    /// <summary>Most characters of a text. Default 8,192, as in events.</summary>
    public int CharactersMax { get; set; } = 8192;

    /// <summary>Most texts of one request. Default 64.</summary>
    public int TextsMax { get; set; } = 64;

    /// <summary>Whether texts of events are labelled on their way in. Default true.</summary>
    public bool LabelEvents { get; set; } = true;

    /// <summary>How long an event waits for the labels of its text; it goes on without them then. Default 250 ms.</summary>
    public TimeSpan LabelTimeout { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a request waits for its texts. Default 5 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Failed runs in a row after which the model counts as broken. Default 5.</summary>
    public int FailuresMax { get; set; } = 5;

    /// <summary>How long a broken model rests before it is tried again. Default 30 s.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Bounds of <see cref="TextOptions"/>; each failure names the setting, its value, the rule.</summary>
public sealed class TextOptionsValidator : IValidateOptions<TextOptions>
{
    public ValidateOptionsResult Validate(string? name, TextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var failures = new OptionFailures();
        failures.FolderName(nameof(options.Model), options.Model, ", or empty for none");
        failures.Version(nameof(options.ModelVersion), options.ModelVersion);
        failures.Range(nameof(options.CallersMax), options.CallersMax, 1, 64);
        failures.Range(nameof(options.BatchSizeMax), options.BatchSizeMax, 1, 256);
        failures.Range(nameof(options.TextsMax), options.TextsMax, 1, 1024);
        failures.Range(nameof(options.QueueLengthMax), options.QueueLengthMax, Math.Clamp(options.TextsMax, 1, 1024), 100_000);
        failures.Range(nameof(options.CharactersMax), options.CharactersMax, 1, 100_000);
        failures.Range(nameof(options.LabelTimeout), options.LabelTimeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        failures.Range(nameof(options.Timeout), options.Timeout, TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        failures.Range(nameof(options.FailuresMax), options.FailuresMax, 1, 1000);
        failures.Range(nameof(options.CoolDown), options.CoolDown, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        return failures.Result;
    }
}
