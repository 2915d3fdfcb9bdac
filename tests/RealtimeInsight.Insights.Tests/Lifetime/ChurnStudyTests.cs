using RealtimeInsight.Insights.Lifetime;

namespace RealtimeInsight.Insights.Tests.Lifetime;

public sealed class ChurnStudyTests
{
    private static readonly DateOnly _start = new(2020, 1, 1);

    [Fact]
    public void Run_ReturnsThatFollowWhatWasBought_AreFound()
    {
        // Buyers of products a0 to a11 come back after 40 to 90 days, buyers of b0 to b11 seldom do; counts and amounts are alike.
        var random = new Random(1);
        var lines = new List<ChurnStudy.Line>();
        for (var customer = 0; customer < 400; customer++)
        {
            var kind = customer % 2 == 0 ? "a" : "b";
            var day = random.Next(250);
            while (day <= 250)
            {
                for (var line = 0; line < 4; line++)
                {
                    var product = kind + random.Next(12);
                    lines.Add(new ChurnStudy.Line(
                        customer, $"{customer}-{day}", _start.AddDays(day), product, Units: 1, Amount: 5, IsCancellation: false));
                }

                if (random.NextDouble() > (kind == "a" ? 0.9 : 0.1)) break;
                day += 40 + random.Next(51);
            }
        }

        var section = ChurnStudy.Run("made_up", lines, test: null, [_start.AddDays(155)], seed: 1, _ => { }).Sections[0];

        var baseline = section.Results.Single(model => model.Name == "logistic_regression");
        Assert.InRange(section.Model["auc"], 0.8, 1);
        Assert.InRange(section.Model["auc"] - baseline["auc"], 0.03, 0.5);
    }
}
