namespace RealtimeInsight.EventHubs;

/// <summary>What a hub or a container answered at the start.</summary>
public enum HubFaultKind
{
    /// <summary>It is not there.</summary>
    NotFound = 0,

    /// <summary>The key, signature or identity may not do this.</summary>
    NotAllowed = 1,

    /// <summary>No answer: the name does not resolve, or nothing can be reached there.</summary>
    Unreachable = 2,

    /// <summary>The connection string cannot be read.</summary>
    BadConnectionString = 3,

    Other = 4,
}

/// <summary>Why a hub cannot be read: what, which value, which rule, what to do. Secrets are never part of it.</summary>
public static class HubFault
{
    /// <param name="detail">What the service said; the type of an exception where its text could hold a secret.</param>
    public static string OfHub(HubReaderOptions options, HubFaultKind kind, string detail)
    {
        ArgumentNullException.ThrowIfNull(options);
        var where = options.ConnectionString.Length > 0 ? "the namespace of HubReader:ConnectionString" : options.Namespace;
        var what = $"hub '{options.Hub}', group '{options.ConsumerGroup}', of {where} cannot be read";
        return kind switch
        {
            HubFaultKind.NotFound => $"{what}: there is no such hub or group ({detail}); create it, or name another in HubReader:Hub or "
                + "HubReader:ConsumerGroup",
            HubFaultKind.NotAllowed when options.ConnectionString.Length > 0 =>
                $"{what}: the key may not listen ({detail}); take a shared access policy with Listen",
            HubFaultKind.NotAllowed => $"{what}: this identity may not ({detail}); give it the role Azure Event Hubs Data Receiver",
            HubFaultKind.Unreachable => $"{what}: nothing answers there ({detail}); check the host name, the network and port 5671",
            HubFaultKind.BadConnectionString => "HubReader:ConnectionString cannot be read as one of Event Hubs "
                + $"({detail}); copy the one of the namespace's shared access policy",
            _ => $"{what}: {detail}",
        };
    }

    /// <param name="setting">That names the container.</param>
    public static string OfContainer(HubReaderOptions options, string setting, string container, HubFaultKind kind, string detail)
    {
        ArgumentNullException.ThrowIfNull(options);
        var what = $"HubReader:{setting} is '{container}'";
        return kind switch
        {
            HubFaultKind.NotFound => $"{what}, and there is no such container ({detail}); create it, or name another",
            HubFaultKind.NotAllowed when options.CheckpointConnectionString.Length > 0 =>
                $"{what}, and the account's key is refused ({detail}); copy a current one into HubReader:CheckpointConnectionString",
            HubFaultKind.NotAllowed =>
                $"{what}, and this identity may not write there ({detail}); give it the role Storage Blob Data Contributor",
            HubFaultKind.Unreachable => $"{what}, and its account does not answer ({detail}); check the address and the network",
            HubFaultKind.BadConnectionString => "HubReader:CheckpointConnectionString cannot be read as one of a storage account "
                + $"({detail}); copy one from the account's access keys",
            _ => $"{what}, and cannot be used: {detail}",
        };
    }

    /// <summary>Null when the hub has as many partitions as it has to.</summary>
    public static string? OfPartitions(HubReaderOptions options, int partitions)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Partitions == 0 || options.Partitions == partitions) return null;
        return $"HubReader:Partitions is {options.Partitions}, and hub '{options.Hub}' has {partitions}: a customer's key may now lead to "
            + "another partition, where its events are read at the same time as older ones; read the old ones to their end, then set it "
            + $"to {partitions}, or to 0 to take any count";
    }
}

/// <summary>A hub cannot be read; the message says what, which value, which rule, what to do.</summary>
public sealed class HubException(string message, Exception? innerException = null) : Exception(message, innerException);
