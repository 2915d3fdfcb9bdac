using System.Reflection;

namespace RealtimeInsight.Simulation.Tests.Defects;

/// <summary>Passes every call on, unless a defect takes it over.</summary>
public class Tampered : DispatchProxy
{
    private object _target = null!;
    private Func<MethodInfo, object?[], Func<object?>, object?> _defect = null!;

    /// <param name="defect">Gets the method, its arguments, and what makes the real call.</param>
    internal static T Of<T>(T target, Func<MethodInfo, object?[], Func<object?>, object?> defect)
        where T : class
    {
        var proxy = Create<T, Tampered>();
        var tampered = (Tampered)(object)proxy;
        tampered._target = target;
        tampered._defect = defect;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var arguments = args ?? [];
        return _defect(targetMethod!, arguments, () =>
        {
            try
            {
                return targetMethod!.Invoke(_target, arguments);
            }
            catch (TargetInvocationException exception) when (exception.InnerException is { } inner)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(inner);
                throw;
            }
        });
    }
}
