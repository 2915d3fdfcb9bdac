namespace RealtimeInsight.Domain.Tests.Kit;

/// <summary>Files of the Golden folder: bytes as hex, 32 to a line.</summary>
internal static class GoldenFile
{
    public static string Text(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Golden", name));

    public static byte[] Bytes(string name) =>
        Convert.FromHexString(string.Concat(Text(name).Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries)));

    public static string Hex(byte[] bytes) =>
        string.Join('\n', bytes.Chunk(32).Select(static chunk => Convert.ToHexStringLower(chunk)));

    /// <summary>Fails with the new content, so that a deliberate change can be put into the file.</summary>
    public static void Expect(string name, byte[] actual)
    {
        var expected = Hex(Bytes(name));
        Assert.True(
            expected == Hex(actual), $"the bytes differ from Golden/{name}; a format that is on disk must not change. Now:\n{Hex(actual)}");
    }
}
