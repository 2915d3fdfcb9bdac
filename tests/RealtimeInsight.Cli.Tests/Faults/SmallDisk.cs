using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RealtimeInsight.Cli.Tests.Faults;

/// <summary>A small file system of its own over a folder, in memory, which a test can fill. Needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    public SmallDisk(string folder, int megabytes)
    {
        _folder = folder;
        var size = string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m");
        Assert.True(Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder), $"no file system can be mounted on {folder}");
    }

    private string Ballast => Path.Combine(_folder, "ballast");

    /// <summary>True where a file system can be mounted and taken off again.</summary>
    public static bool CanBeHad { get; } = Try();

    /// <summary>Writes until not a byte is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // That is full.
        }
    }

    public void MakeRoom() => File.Delete(Ballast);

    /// <summary>Nobody may hold a file of it open for writing.</summary>
    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", _folder));

    public void Dispose() => Run("umount", "-l", _folder);

    private static bool Try()
    {
        var folder = Directory.CreateTempSubdirectory("insight-mount-").FullName;
        var can = Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder) && Run("umount", folder);
        Directory.Delete(folder);
        return can;
    }

    private static bool Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>A test on a disk of its own; skipped where none can be mounted.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SmallDiskFactAttribute : FactAttribute
{
    public SmallDiskFactAttribute()
    {
        if (!SmallDisk.CanBeHad) Skip = "Needs hardware: the right to mount a small file system (Linux, root)";
    }
}
