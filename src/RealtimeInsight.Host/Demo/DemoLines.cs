namespace RealtimeInsight.Host.Demo;

/// <summary>Where the demo prints what happens. Thread-safe.</summary>
/// <param name="output">Standard output of the process, or a test's writer.</param>
public sealed class DemoLines(TextWriter output)
{
    private readonly Lock _gate = new();

    public void Print(string line)
    {
        lock (_gate) output.WriteLine(line);
    }
}
