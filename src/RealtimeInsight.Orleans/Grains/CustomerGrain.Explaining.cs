using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Engine.Port;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Orleans.Contracts;
using RealtimeInsight.Orleans.Contracts.Replies;

namespace RealtimeInsight.Orleans.Grains;

/// <summary>Explaining scores: what goes in is taken in a turn, the rest happens beside the customer's other calls.</summary>
internal sealed partial class CustomerGrain
{
    private readonly Dictionary<long, ExplainedState?> _captured = [];

    /// <inheritdoc/>
    public async Task<ExplanationReply?> ExplainAsync(string head, string? decisionId)
    {
        var asked = HeadOf(head);
        var ticket = ++_ticket;
        _captured[ticket] = null;
        try
        {
            if (await this.AsReference<ICustomerReadGrain>().CaptureAsync(ticket, decisionId) is { } other)
            {
                return await GrainFactory.GetGrain<ICustomerGrain>(other).ExplainAsync(head, decisionId);
            }

            return _captured[ticket] is { } state
                ? Reply(await core.Explanations.ReadAsync(state, asked, CancellationToken.None))
                : null;
        }
        catch (EngineUnavailableException exception)
        {
            return new ExplanationReply { Problem = exception.Message };
        }
        finally
        {
            _captured.Remove(ticket);
        }
    }

    /// <inheritdoc/>
    public async Task<string?> CaptureAsync(long ticket, string? decisionId)
    {
        if (await CustomerAsync() is not null) return _actor.Forward!.To;
        CatchUp();
        if (_captured.ContainsKey(ticket)) _captured[ticket] = _actor.Explained(decisionId);
        return null;
    }

    private static ScoreHead HeadOf(string head) =>
        ScoreHeads.Named(head) ?? throw new ArgumentException(
            $"'{head}' is no score; ask for {string.Join(", ", Enum.GetValues<ScoreHead>().Select(ScoreHeads.WireName))}", nameof(head));

    private static ExplanationReply Reply(ScoreExplanation found) => new()
    {
        CustomerId = found.CustomerId,
        DecisionId = found.DecisionId,
        Head = found.Head,
        Model = found.Model,
        AsOf = found.AsOf.ToDateTimeOffset(),
        Score = found.Score,
        Reference = found.Reference,
        ServedScore = found.ServedScore,
        ServedModel = found.ServedModel,
        Contributions = [.. found.Contributions.Select(static one => new ContributionReply(one.Group, one.Value))],
    };
}
