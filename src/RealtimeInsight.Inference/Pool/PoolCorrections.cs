using RealtimeInsight.Inference.Learning;

namespace RealtimeInsight.Inference.Pool;

/// <summary>Keeps the models that serve at what their outcomes have shown.</summary>
public sealed class PoolCorrections
{
    private readonly Func<IEnumerable<ServingModel>> _serving;

    /// <param name="serving">The models that serve now.</param>
    internal PoolCorrections(Func<IEnumerable<ServingModel>> serving) => _serving = serving;

    /// <summary>
    /// What outcomes have shown of the models: every version serves with its correction from here on, and with each change of it. Null: as
    /// the models were trained.
    /// </summary>
    public ScoreCorrections? Source
    {
        get;
        set
        {
            if (field is { } before) before.Changed -= Correct;
            field = value;
            if (value is not null) value.Changed += Correct;
            Correct(_serving());
        }
    }

    /// <summary>To be called for models that begin to serve.</summary>
    internal void Correct(IEnumerable<ServingModel> models)
    {
        foreach (var model in models)
        {
            Source?.Know(model.Identity.Stamp, model.Manifest.Horizons);
            model.Correct(Source?.Of(model.Identity.Stamp) ?? HeadCorrections.Neutral);
        }
    }

    private void Correct(uint stamp, HeadCorrections corrections)
    {
        foreach (var model in _serving())
        {
            if (model.Identity.Stamp == stamp) model.Correct(corrections);
        }
    }
}
