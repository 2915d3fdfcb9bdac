using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Cli.Replay;

/// <summary>One data line of a recorded file: the event it means, or why it means none. Exactly one of the two is set.</summary>
/// <param name="Index">Position among the data lines of its file, from 0.</param>
public readonly record struct ReplayItem(int Index, CustomerEvent? Event, MalformedLine? Malformed);

/// <summary>A line that is no event.</summary>
/// <param name="Code">One of <see cref="LineCodes"/>, or of the HTTP intake's codes.</param>
/// <param name="Message">File and line, what, which value, which rule.</param>
/// <param name="Raw">The line as it was, cut at <see cref="LineReader.LengthMax"/> characters.</param>
public sealed record MalformedLine(string Code, string Message, string Raw);
