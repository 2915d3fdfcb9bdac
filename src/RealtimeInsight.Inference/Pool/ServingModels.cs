using RealtimeInsight.Inference.Lifecycle;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Who serves at one moment.</summary>
/// <param name="Champion">Scores everybody who is nobody else's.</param>
/// <param name="Challenger">Scores its share in the champion's place; null for none.</param>
/// <param name="Shadow">Scores its share beside whoever serves; null for none.</param>
public sealed record ServingModels(ModelIdentity Champion, ServingShare? Challenger, ServingShare? Shadow)
{
    public IEnumerable<string> Versions =>
        new[] { Champion.Version, Challenger?.Model.Version, Shadow?.Model.Version }.OfType<string>();

    /// <summary>Null: the version does not serve.</summary>
    public ModelRole? RoleOf(string version) => version == Champion.Version ? ModelRole.Champion
        : version == Challenger?.Model.Version ? ModelRole.Challenger
        : version == Shadow?.Model.Version ? ModelRole.Shadow
        : null;
}

/// <param name="Tally">Of a shadow; null for a challenger.</param>
public sealed record ServingShare(ModelIdentity Model, CustomerShare Share, ShadowTally? Tally);
