using System.Text.Json;
using RealtimeInsight.Domain.Text;
using RealtimeInsight.Engine.Outbox;

namespace RealtimeInsight.Host.Channels;

/// <summary>
/// Appends each action as one line of JSON and flushes it to disk before it counts as delivered. An action stands in the files once, also
/// over a crash between the write and its record: what a file holds already is not written again, and half a line at its end is cut
/// off. Full files are numbered and the oldest go. Thread-safe.
/// </summary>
internal sealed class FileChannel : IBatchActionChannel, IDisposable
{
    private const byte NewLine = (byte)'\n';
    private readonly string _name;
    private readonly IReadOnlyList<string> _aliases;
    private readonly ChannelOptions _options;
    private readonly string _path;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly HashSet<ulong> _current = [];
    private readonly HashSet<ulong> _before = [];
    private FileStream? _file;

    /// <param name="folder">Exists and can be written to.</param>
    public FileChannel(string name, IReadOnlyList<string> aliases, ChannelOptions options, string folder)
    {
        _name = name;
        _aliases = aliases;
        _options = options;
        _path = Path.GetFullPath(Path.Combine(folder, options.Path.Length > 0 ? options.Path : $"{name}.ndjson"));
    }

    public string Name => _name;

    public IReadOnlyList<string> Aliases => _aliases;

    public int BatchMax => _options.BatchMax;

    public ValueTask<DeliveryResult> SendAsync(ActionMessage message, CancellationToken cancellationToken) =>
        SendAsync([message], cancellationToken);

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<ActionMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Not cancelled once begun: half a line would have to be cut off again.
            var file = _file ??= Open();
            foreach (var message in messages)
            {
                if (Holds(message)) continue;
                if (file.Length > 0 && file.Length + message.Body.Length + 1 > _options.FileBytesMax) file = Rotate(file);
                file.Write(message.Body.Span);
                file.WriteByte(NewLine);
                _current.Add(HashOf(message.DecisionId));
            }

            file.Flush(flushToDisk: true);
            return DeliveryResult.Delivered;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // What reached the file is found out when it is opened again.
            Close();
            return new DeliveryResult(
                DeliveryStatus.Retry, Detail: $"the file cannot be written: {fault.GetType().Name} {fault.HResult:x8}");
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        Close();
        _writing.Dispose();
    }

    /// <summary>
    /// An attempt that was never recorded is in the newest two files; one that was, long ago, may be in any.
    /// </summary>
    private bool Holds(ActionMessage message)
    {
        var hash = HashOf(message.DecisionId);
        if (_current.Contains(hash) || _before.Contains(hash)) return true;
        return message.Attempt > 1 && Full().SkipLast(1).Any(path => Ids(path).Contains(hash));
    }

    private FileStream Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _current.Clear();
        _before.Clear();
        if (Full() is [.., var newest]) _before.UnionWith(Ids(newest));
        var file = new FileStream(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            file.SetLength(WholeLines(file));
            file.Flush(flushToDisk: true);
            file.Seek(0, SeekOrigin.End);
            _current.UnionWith(Ids(_path));
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private FileStream Rotate(FileStream file)
    {
        file.Flush(flushToDisk: true);
        Close();
        var full = Full();
        var number = full.Count == 0 ? 1 : NumberOf(full[^1]) + 1;
        File.Move(_path, PathOf(number));
        foreach (var old in full.Take(Math.Max(0, full.Count + 1 - _options.FilesMax))) File.Delete(old);
        return _file = Open();
    }

    private void Close()
    {
        var file = _file;
        _file = null;
        try
        {
            file?.Dispose();
        }
        catch (IOException)
        {
            // A disk that failed a write fails the rest of it too; the attempt has told, and what is there is read at the next opening.
        }
    }

    /// <summary>Full files, the oldest first.</summary>
    private List<string> Full()
    {
        var folder = Path.GetDirectoryName(_path)!;
        if (!Directory.Exists(folder)) return [];
        var pattern = $"{Path.GetFileNameWithoutExtension(_path)}.*{Path.GetExtension(_path)}";
        return [.. Directory.GetFiles(folder, pattern).Where(path => NumberOf(path) > 0).OrderBy(NumberOf)];
    }

    private string PathOf(long number) =>
        Path.ChangeExtension(_path, null) + string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $".{number:d6}") + Path.GetExtension(_path);

    private long NumberOf(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        var stem = Path.GetFileNameWithoutExtension(_path);
        return name.Length > stem.Length + 1 && long.TryParse(name.AsSpan(stem.Length + 1), out var number) ? number : 0;
    }

    /// <summary>Length up to and with the last line feed.</summary>
    private static long WholeLines(FileStream file)
    {
        var buffer = new byte[64 * 1024];
        for (var end = file.Length; end > 0;)
        {
            var begin = Math.Max(0, end - buffer.Length);
            var part = buffer.AsSpan(0, (int)(end - begin));
            file.Seek(begin, SeekOrigin.Begin);
            file.ReadExactly(part);
            var at = part.LastIndexOf(NewLine);
            if (at >= 0) return begin + at + 1;
            end = begin;
        }

        return 0;
    }

    private static HashSet<ulong> Ids(string path)
    {
        var ids = new HashSet<ulong>();
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (IdOf(line) is { } id) ids.Add(HashOf(id));
        }

        return ids;
    }

    private static string? IdOf(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("id", out var id)
                ? id.GetString()
                : null;
        }
        catch (JsonException)
        {
            // Somebody else's line: no action of ours.
            return null;
        }
    }

    private static ulong HashOf(string id) => StableHash.Of(id);
}
