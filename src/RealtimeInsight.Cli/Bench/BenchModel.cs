using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RealtimeInsight.Domain.Features;
using RealtimeInsight.Host;
using RealtimeInsight.Inference.Models;
using RealtimeInsight.Inference.Onnx;
using RealtimeInsight.Inference.Pool;
using RealtimeInsight.Inference.Runners;

namespace RealtimeInsight.Cli.Bench;

/// <summary>The model that ships, loaded without pool and engine.</summary>
internal static class BenchModel
{
    /// <summary>On the CPU. The caller owns the runner.</summary>
    /// <exception cref="CliException">The model cannot be loaded.</exception>
    public static IModelRunner Load() => Load(new InferenceOptions());

    /// <summary>On the CUDA device, through captured graphs or without. The caller owns the runner.</summary>
    /// <exception cref="CliException">The model cannot be loaded.</exception>
    /// <exception cref="BenchUnavailableException">There is no device, or this build has nothing for it.</exception>
    public static IModelRunner LoadOnCuda(bool capturesGraphs) =>
        Load(new InferenceOptions { Accelerator = Accelerator.Cuda, CudaGraphs = capturesGraphs });

    private static IModelRunner Load(InferenceOptions options)
    {
        options.ModelsDirectory = ShippedFiles.Models;
        try
        {
            var repository = new ModelRepository(options.ModelsDirectory, FeatureSchema.Hash);
            var versions = repository.Versions(options.ModelName);
            if (versions.Count == 0)
            {
                throw CliException.Failure($"there is no version of model {options.ModelName} in {options.ModelsDirectory}");
            }

            var factory = new OnnxModelRunnerFactory(options, NullLogger<OnnxModelRunnerFactory>.Instance);
            return factory.Load(repository.Read(options.ModelName, versions[0]));
        }
        catch (ModelRefusedException refused) when (refused.Reason == ModelRefusal.Accelerator)
        {
            throw new BenchUnavailableException(refused.Message, refused);
        }
        catch (ModelRefusedException refused)
        {
            throw CliException.Failure(refused.Message, refused);
        }
    }

    /// <summary>The mark that scores of the shipped model leave on a customer.</summary>
    /// <exception cref="CliException">The model cannot be loaded.</exception>
    public static uint Stamp()
    {
        using var runner = Load();
        return uint.Parse(runner.Manifest.Digest.AsSpan(0, 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
