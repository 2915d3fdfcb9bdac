using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Engine.Port;

namespace RealtimeInsight.Engine.Notices;

/// <summary>What live notices say.</summary>
public static class NoticeTexts
{
    /// <summary>Null for an effect that nobody is told of.</summary>
    public static EngineNotice? Of(in Effect effect, string customer)
    {
        var text = effect.Kind switch
        {
            EffectKind.SessionStarted or EffectKind.SessionEnded => $"session {effect.Number}",
            EffectKind.DormancyReached or EffectKind.Reactivated => $"dormancy level {effect.Number}",
            EffectKind.DecisionDue or EffectKind.AttributionEnded => "",
            _ => $"cart {effect.Number}, value {effect.Value:0.00}",
        };
        return text.Length > 0 ? new EngineNotice(effect.At, NameOf(effect.Kind), customer, text) : null;
    }

    public static EngineNotice Of(Decision decision, string customer)
    {
        ArgumentNullException.ThrowIfNull(decision);
        var why = decision.Reason == SuppressionReason.None ? decision.Action : DecisionRecord.WireName(decision.Reason);
        return new EngineNotice(decision.DecidedAt, "decision", customer, $"{decision.Rule}: {why}");
    }

    public static string Merged(string other) => $"{other} belongs to this customer";

    public static string Unmerged(string other) => $"{other} is a customer of its own again";

    public static string Delivered(string channel, int attempt) => $"{channel}, attempt {attempt}";

    private static string NameOf(EffectKind kind) => kind == EffectKind.DormancyReached ? "dormant" : EffectKinds.WireName(kind);
}
