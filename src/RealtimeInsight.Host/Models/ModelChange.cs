using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Host.Models;

/// <summary>What can be asked of the registry about a version that it has.</summary>
public enum ModelAction
{
    Promote,
    Rollback,
    Share,
    Shadow,
}

/// <param name="Version">Not needed to go back.</param>
/// <param name="Share">Part of the customers, 0 to 1; 0 ends it.</param>
public sealed record ModelChange(ModelAction Action, string? Version = null, double? Share = null)
{
    /// <exception cref="ModelRequestException">A value is missing, or it cannot be done as things are.</exception>
    internal void Apply(ModelRegistry registry)
    {
        switch (Action)
        {
            case ModelAction.Promote: registry.Promote(Named()); break;
            case ModelAction.Rollback: registry.Rollback(); break;
            case ModelAction.Share: registry.Share(Named(), Given()); break;
            case ModelAction.Shadow: registry.Shadow(Named(), Given()); break;
            default: throw new ModelRequestException($"'{Action}' is not known; use promote, rollback, share or shadow");
        }
    }

    private string Named() => Version is { Length: > 0 } version
        ? version
        : throw new ModelRequestException("version is missing; name one that GET /v1/models lists, such as \"2\"");

    private double Given() => Share ?? throw new ModelRequestException("share is missing; send a number from 0 to 1, such as 0.1");
}
