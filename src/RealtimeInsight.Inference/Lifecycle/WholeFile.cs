namespace RealtimeInsight.Inference.Lifecycle;

/// <summary>Small files that are replaced as a whole, so that a crash leaves the old one or the new one.</summary>
public static class WholeFile
{
    /// <summary>Returns when the new content is on disk. One writer of a path at a time.</summary>
    /// <exception cref="IOException">It cannot be written; the old one stays.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written; the old one stays.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var next = path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }
}
