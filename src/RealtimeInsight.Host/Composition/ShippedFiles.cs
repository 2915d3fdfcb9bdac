namespace RealtimeInsight.Host;

/// <summary>Files that travel with the program, beside its assembly.</summary>
public static class ShippedFiles
{
    /// <summary>The model repository.</summary>
    public static string Models => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>The console's pages.</summary>
    public static string Console => Path.Combine(AppContext.BaseDirectory, "wwwroot");
}
