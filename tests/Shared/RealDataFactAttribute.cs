namespace RealtimeInsight.Tests;

/// <summary>A test over recorded shop data; skipped, with the reason, where the data is not on this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (RealData.Folder is null)
        {
            Skip = "recorded shop data is not here: set INSIGHT_DATA to its folder, or put it at ../shared/data beside the repository";
        }
    }
}
