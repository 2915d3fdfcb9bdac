namespace RealtimeInsight.Inference.Runners;

/// <summary>What a model runs on.</summary>
public enum Accelerator : byte
{
    Cpu,
    Cuda,
}
