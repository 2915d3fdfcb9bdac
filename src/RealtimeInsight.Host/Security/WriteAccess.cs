using Microsoft.AspNetCore.Http;
using RealtimeInsight.Host.Intake;

namespace RealtimeInsight.Host;

/// <summary>Who may send events: holders of a configured write key, and in demo mode the key <c>demo</c> from this machine.</summary>
internal sealed class WriteAccess(IntakeOptions options, bool isDemo)
{
    public const string DemoKey = "demo";

    private readonly KeyRing _keys = new(options.WriteKeys);
    private readonly KeyRing _demo = new([DemoKey]);

    public bool Allows(HttpContext context, string? key) =>
        _keys.Contains(key) || (isDemo && _demo.Contains(key) && LocalCaller.Is(context));
}
