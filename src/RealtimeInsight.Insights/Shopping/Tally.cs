namespace RealtimeInsight.Insights.Shopping;

/// <summary>What has happened so far with one visitor, item or category.</summary>
internal sealed class Tally
{
    public double Views { get; private set; }

    public double Carts { get; private set; }

    public double Transactions { get; private set; }

    public double LastSeconds { get; private set; } = double.NaN;

    public int Sessions { get; set; }

    public string LastSession { get; set; } = "";

    public void Add(ShopEvent happened)
    {
        switch (happened.Kind)
        {
            case ShopEventKind.View: Views++; break;
            case ShopEventKind.AddToCart: Carts++; break;
            default: Transactions++; break;
        }

        LastSeconds = happened.Seconds;
        if (LastSession == happened.Session) return;
        LastSession = happened.Session;
        Sessions++;
    }
}
