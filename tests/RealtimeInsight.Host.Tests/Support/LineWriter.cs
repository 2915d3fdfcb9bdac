using System.Text;

namespace RealtimeInsight.Host.Tests;

/// <summary>Collects the lines of a program and lets a test wait for one.</summary>
internal sealed class LineWriter : TextWriter
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiters = [];
    private readonly StringBuilder _current = new();

    public override Encoding Encoding => Encoding.UTF8;

    public string Text
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    public override void Write(char value)
    {
        lock (_gate)
        {
            if (value == '\r') return;
            if (value != '\n')
            {
                _current.Append(value);
                return;
            }

            var line = _current.ToString();
            _current.Clear();
            _lines.Add(line);
            foreach (var (wanted, found) in _waiters)
            {
                if (wanted(line)) found.TrySetResult(line);
            }
        }
    }

    /// <summary>The first line that is wanted, past or to come.</summary>
    public Task<string> LineAsync(Func<string, bool> wanted, TimeSpan limit)
    {
        lock (_gate)
        {
            if (_lines.FirstOrDefault(wanted) is { } line) return Task.FromResult(line);
            var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add((wanted, found));
            return found.Task.WaitAsync(limit);
        }
    }
}
