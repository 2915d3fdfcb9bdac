using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Inference.Tests.Pool;

public sealed class InferenceOptionsTests
{
    public static TheoryData<string, Action<InferenceOptions>> Broken => new()
    {
        { "ModelsDirectory is empty", options => options.ModelsDirectory = " " },
        { "ModelName is empty", options => options.ModelName = "" },
        { "ModelName is ../x", options => options.ModelName = "../x" },
        { "ModelVersion is v1", options => options.ModelVersion = "v1" },
        { "ModelVersion is ", options => options.ModelVersion = "" },
        { "Accelerator is 9", options => options.Accelerator = (Accelerator)9 },
        { "CudaDevice is -1", options => options.CudaDevice = -1 },
        { "CudaDevice is 64", options => options.CudaDevice = 64 },
        { "CudaGraphs is True with Accelerator Cpu", options => options.CudaGraphs = true },
        { "CallersMax is 0", options => options.CallersMax = 0 },
        { "CallersMax is 1025", options => options.CallersMax = 1025 },
        { "BatchSizeMax is 0", options => options.BatchSizeMax = 0 },
        { "BatchSizeMax is 4097", options => options.BatchSizeMax = 4097 },
        { "QueueLengthMax is 63; it has to be 64", options => options.QueueLengthMax = 63 },
        { "QueueLengthMax is 1000001", options => options.QueueLengthMax = 1_000_001 },
        { "QueueDelayMax is -00:00:00", options => options.QueueDelayMax = TimeSpan.FromMilliseconds(-1) },
        { "QueueDelayMax is 00:00:02", options => options.QueueDelayMax = TimeSpan.FromSeconds(2) },
        { "FailuresMax is 0", options => options.FailuresMax = 0 },
        { "FailuresMax is 1001", options => options.FailuresMax = 1001 },
        { "CoolDown is 00:00:00", options => options.CoolDown = TimeSpan.Zero },
        { "CoolDown is 02:00:00", options => options.CoolDown = TimeSpan.FromHours(2) },
        { "FailuresPerLogEntry is 0", options => options.FailuresPerLogEntry = 0 },
        { "FailuresPerLogEntry is 1000001", options => options.FailuresPerLogEntry = 1_000_001 },
        { "WarmUpRowsMax is 63; it has to be 64", options => options.WarmUpRowsMax = 63 },
        { "WarmUpRowsMax is 4097", options => options.WarmUpRowsMax = 4097 },
        { "BatchSizes has the size 0", options => options.BatchSizes = [0, 1] },
        { "BatchSizes has the size 4097", options => options.BatchSizes = [1, 4097] },
        { "BatchSizes has 4 after 4", options => options.BatchSizes = [4, 4] },
        { "BatchSizes has 65 sizes", options => options.BatchSizes = [.. Enumerable.Range(1, 65)] },
        { "StepDurationMax is 00:00:00", options => options.StepDurationMax = TimeSpan.Zero },
        { "StepDurationMax is 00:02:00", options => options.StepDurationMax = TimeSpan.FromMinutes(2) },
    };

    [Fact]
    public void Validate_Defaults_AreValid()
    {
        Assert.True(new InferenceOptionsValidator().Validate(null, new InferenceOptions()).Succeeded);
    }

    [Fact]
    public void Validate_CudaGraphsOnCuda_IsValid()
    {
        var options = new InferenceOptions { Accelerator = Accelerator.Cuda, CudaGraphs = true };

        Assert.True(new InferenceOptionsValidator().Validate(null, options).Succeeded);
        Assert.False(new InferenceOptions().CudaGraphs);
    }

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_SettingOutsideItsRange_NamesSettingAndValue(string expected, Action<InferenceOptions> breakIt)
    {
        var options = new InferenceOptions();
        breakIt(options);

        var result = new InferenceOptionsValidator().Validate(null, options);

        Assert.Contains(result.Failures!, failure => failure.StartsWith(expected, StringComparison.Ordinal));
    }
}
