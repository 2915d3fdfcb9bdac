namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>A test that counts what the processor does; skipped where the machine does not let it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CounterFactAttribute : FactAttribute
{
    /// <param name="hasInstructions">Whether instructions are counted, or the thread's time alone.</param>
    public CounterFactAttribute(bool hasInstructions)
    {
        using var counter = hasInstructions ? ThreadCounter.OfInstructions() : ThreadCounter.OfTime();
        if (counter is null) Skip = "Needs hardware: no counters of instructions";
    }
}
