namespace RealtimeInsight.Orleans.Contracts;

/// <summary>
/// The version of the messages between callers and grains. Additions behind new member ids keep it; a changed meaning raises it, and the
/// grains then read both until <see cref="Oldest"/> is raised too.
/// </summary>
public static class ContractVersion
{
    /// <summary>Written by this assembly.</summary>
    public const int Current = 1;

    /// <summary>The oldest version that this assembly still reads.</summary>
    public const int Oldest = 1;

    /// <summary>Refuses a message that this side cannot read.</summary>
    /// <exception cref="ContractVersionException">The version is too new or too old.</exception>
    public static void Check(int version, string message)
    {
        if (version is >= Oldest and <= Current) return;
        throw new ContractVersionException(
            version > Current
                ? $"{message} has contract version {version}, this silo reads {Oldest} to {Current}; upgrade the silos before the callers"
                : $"{message} has contract version {version}, this silo reads {Oldest} to {Current}; upgrade the caller");
    }
}

/// <summary>A message of a contract version that the receiver does not read.</summary>
[GenerateSerializer, Alias("ri.contract-version-exception")]
public sealed class ContractVersionException(string message) : Exception(message);
