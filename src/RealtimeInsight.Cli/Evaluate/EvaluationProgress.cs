namespace RealtimeInsight.Cli.Evaluate;

/// <summary>Says on the error stream what an evaluation is doing and for how long it has been at work.</summary>
internal sealed class EvaluationProgress(CliConsole console, CancellationToken cancellationToken)
{
    private readonly StatusLine _line = new(console);
    private readonly long _started = console.Time.GetTimestamp();

    public TimeProvider Time => console.Time;

    public TimeSpan Elapsed => console.Time.GetElapsedTime(_started);

    /// <summary>Shows a step; also the point where Ctrl-C is obeyed.</summary>
    public void Step(string text)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _line.Show($"{Elapsed.TotalSeconds,6:0.0} s  {text}");
    }

    public void End() => _line.End();
}
