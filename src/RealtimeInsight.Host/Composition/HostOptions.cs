namespace RealtimeInsight.Host;

/// <summary>Where the host listens and where its files are; configuration section <c>Host</c>.</summary>
public sealed class HostOptions
{
    public const int PortDefault = 8080;
    public const string ListenDefault = "127.0.0.1";
    public const string DataDirDefault = ".data";

    /// <summary>TCP port, 1 to 65,535, or 0 for any free one. The default is 8080.</summary>
    public int Port { get; set; } = PortDefault;

    /// <summary>IP address to listen on. The default is 127.0.0.1; another one needs write and read keys.</summary>
    public string Listen { get; set; } = ListenDefault;

    /// <summary>
    /// Folder of the log, the saved customers and the actions file. The default is <c>.data</c> in the working directory.
    /// </summary>
    public string DataDir { get; set; } = DataDirDefault;

    /// <summary>Policy file, YAML or JSON; empty for the one that comes with the host.</summary>
    public string Policy { get; set; } = "";

    /// <summary>Model repository; empty for the one that comes with the host.</summary>
    public string Models { get; set; } = "";

    /// <summary>
    /// True (the default) to run the simulated shop against this host, to open it to callers on this machine, and to shorten session
    /// and cart deadlines.
    /// </summary>
    public bool Demo { get; set; } = true;

    /// <summary>
    /// Whether the system is asked for pages of 2 MiB for the managed heap, where it gives them when asked. The default is true; false on a
    /// machine that is short of memory.
    /// </summary>
    public bool HugePages { get; set; } = true;

    /// <summary>
    /// Whether the system is asked to take turns between this process's threads in slices of 100 us, where it honours that: reads wait less
    /// while events keep all processors busy. The default is true.
    /// </summary>
    public bool ShortSlices { get; set; } = true;

    /// <summary>What is wrong with the values; empty when all are in range.</summary>
    public static IReadOnlyList<string> Validate(HostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var problems = new List<string>();
        Rules.Range(problems, "Host:Port", options.Port, 0, 65_535);
        if (!System.Net.IPAddress.TryParse(options.Listen, out _))
        {
            problems.Add($"Host:Listen is '{options.Listen}'; use an IP address such as 127.0.0.1 or 0.0.0.0");
        }

        if (string.IsNullOrWhiteSpace(options.DataDir)) problems.Add("Host:DataDir is empty; name a folder");
        return problems;
    }
}
