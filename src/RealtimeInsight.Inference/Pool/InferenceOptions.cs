using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Settings of the inference pool. Checked by <see cref="InferenceOptionsValidator"/>.</summary>
public sealed class InferenceOptions
{
    /// <summary>Folder of the models; relative to the working directory. Default <c>src/models</c>.</summary>
    public string ModelsDirectory { get; set; } = Path.Combine("src", "models");

    /// <summary>Name of the champion model. Default <c>behaviour</c>.</summary>
    public string ModelName { get; set; } = "behaviour";

    /// <summary>Version to serve. Default null: the highest one that is not refused.</summary>
    public string? ModelVersion { get; set; }

    /// <summary>What models run on. Default CPU.</summary>
    public Accelerator Accelerator { get; set; } = Accelerator.Cpu;

    /// <summary>
    /// Correct the scores by what they turn out to be worth, once a day and within bounds. Default false: scores stay as trained.
    /// </summary>
    public bool CorrectProbabilities { get; set; }

    /// <summary>Device to use when the accelerator is CUDA. Default 0.</summary>
    public int CudaDevice { get; set; }

    /// <summary>
    /// Capture a CUDA graph of the step for every batch size, and replay it: one launch a run instead of one an operator. All runs are made
    /// by one thread then. Only where <see cref="Accelerator"/> is CUDA. Default false.
    /// </summary>
    public bool CudaGraphs { get; set; }

    /// <summary>Run on the CPU when the accelerator is not usable, with a warning, instead of serving no model. Default false.</summary>
    public bool AcceleratorFallback { get; set; }

    /// <summary>Most threads inside the model at once; a further caller waits for one of them. Default: the number of processors.</summary>
    public int CallersMax { get; set; } = Environment.ProcessorCount;

    /// <summary>Rows at which a micro-batch leaves at once, and the most it holds. Default 64.</summary>
    public int BatchSizeMax { get; set; } = 64;

    /// <summary>Most requests waiting in each priority; further ones are rejected. Default 1,024.</summary>
    public int QueueLengthMax { get; set; } = 1024;

    /// <summary>
    /// Longest wait for a micro-batch to fill; half of a request's time-out where that is shorter. Default 0: a batch leaves as soon as the
    /// model is free, and the next gathers while it runs. More fills batches better and costs latency: the wait, and up to 4 ms of the
    /// system timer's grain.
    /// </summary>
    public TimeSpan QueueDelayMax { get; set; } = TimeSpan.Zero;

    /// <summary>Failed runs in a row after which the model counts as broken. Default 5.</summary>
    public int FailuresMax { get; set; } = 5;

    /// <summary>How long a broken model rests before it is tried again. Default 30 s.</summary>
    public TimeSpan CoolDown { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Of this many failed runs one is logged. Default 100.</summary>
    public int FailuresPerLogEntry { get; set; } = 100;

    /// <summary>Largest batch that a model runs before it serves; every batch size up to it is run once. Default 256.</summary>
    public int WarmUpRowsMax { get; set; } = 256;

    /// <summary>
    /// Rows that runs are padded up to, ascending, 1 to 64 sizes; beyond the last, each is twice the one before. Default none: of a fixed
    /// list up to <see cref="WarmUpRowsMax"/>, warm-up takes those that pay for the model on this machine.
    /// </summary>
    public IReadOnlyList<int>? BatchSizes { get; set; }

    /// <summary>
    /// Longest run of a batch of <see cref="WarmUpRowsMax"/> rows; a model that takes longer in warm-up is refused. Default 100 ms.
    /// </summary>
    public TimeSpan StepDurationMax { get; set; } = TimeSpan.FromMilliseconds(100);
}
