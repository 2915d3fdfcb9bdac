namespace RealtimeInsight.Inference.Pool;

/// <summary>The models that serve at one moment, each in its role; holds one reference on each until it is released.</summary>
internal sealed record ServingSet(ServingModel Champion, SharedModel? Challenger = null, SharedModel? Shadow = null)
{
    public IEnumerable<ServingModel> Models
    {
        get
        {
            yield return Champion;
            if (Challenger is not null) yield return Challenger.Model;
            if (Shadow is not null) yield return Shadow.Model;
        }
    }

    public void Release()
    {
        foreach (var model in Models) model.Release();
    }
}

/// <summary>A model beside the champion and the customers that it is for.</summary>
/// <param name="Tally">Of a shadow; null for a challenger.</param>
internal sealed record SharedModel(ServingModel Model, CustomerShare Share, ShadowTally? Tally);
