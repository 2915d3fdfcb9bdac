namespace RealtimeInsight.Inference;

/// <summary>Which model made a score or a recurrent state.</summary>
/// <param name="Name">Folder name in the repository, e.g. <c>behaviour</c>.</param>
/// <param name="Version">Folder name of the version, e.g. <c>1</c>.</param>
/// <param name="Digest">Lower-case hex SHA-256 over both graphs.</param>
/// <param name="Stamp">First 32 bits of the digest, never 0: kept with each customer's recurrent state.</param>
public sealed record ModelIdentity(string Name, string Version, string Digest, uint Stamp)
{
    public override string ToString() => $"{Name}/{Version}";
}
