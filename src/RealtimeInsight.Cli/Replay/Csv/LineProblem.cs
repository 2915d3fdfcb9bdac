namespace RealtimeInsight.Cli.Replay.Csv;

/// <summary>Why a line is no event.</summary>
/// <param name="Code">One of <see cref="LineCodes"/>.</param>
/// <param name="Message">What, which value, which rule; without file and line.</param>
internal readonly record struct LineProblem(string Code, string Message);
