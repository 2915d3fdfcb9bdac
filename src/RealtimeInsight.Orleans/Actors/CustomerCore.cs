using Microsoft.Extensions.Logging;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Reads;
using RealtimeInsight.Inference;
using RealtimeInsight.Orleans.Actions;
using RealtimeInsight.Orleans.Boards;
using RealtimeInsight.Orleans.Budgets;
using RealtimeInsight.Orleans.Notices;
using RealtimeInsight.Orleans.Products;
using RealtimeInsight.Orleans.Risks;
using RealtimeInsight.Orleans.Variants;

namespace RealtimeInsight.Orleans.Actors;

/// <summary>What all customers of a silo share. Thread-safe.</summary>
internal sealed class CustomerCore : IDisposable
{
    private readonly TimeProvider _indexTime;
    private readonly Dictionary<string, BudgetRule> _budgets = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">The settings break their limits.</exception>
    public CustomerCore(
        ClusterSettings settings,
        IScorer scorer,
        ActionChannels channels,
        BudgetPurse purse,
        ProductFeed products,
        BoardKeeper board,
        RiskFeed risks,
        NoticeFeed notices,
        SiloWatch watch,
        VariantFeed variants,
        GrainInstruments instruments,
        TimeProvider time,
        ILogger logger)
    {
        var problems = CustomerGrainOptions.Validate(settings.Grains);
        if (problems.Count != 0) throw new ArgumentException(string.Join("; ", problems), nameof(settings));
        Options = settings.Grains;
        Machine = new CustomerMachine(settings.Customers);
        Maker = new DecisionMaker(settings.Policy, variants);
        Variants = variants;
        Scorer = scorer;
        Explanations = new ExplanationReader(scorer);
        Channels = channels;
        Instruments = instruments;
        Purse = purse;
        Products = products;
        Board = board;
        Risks = risks;
        Notices = notices;
        Watch = watch;
        foreach (var rule in settings.Policy.Rules)
        {
            if (BudgetPurse.Of(rule) is { } budget) _budgets[rule.Id] = budget;
        }

        Time = time;
        _indexTime = settings.IndexTime ?? time;
        Logger = logger;
    }

    public CustomerGrainOptions Options { get; }
    public CustomerMachine Machine { get; }
    public DecisionMaker Maker { get; }
    public IScorer Scorer { get; }
    public ExplanationReader Explanations { get; }
    public ActionChannels Channels { get; }
    public BudgetPurse Purse { get; }
    public ProductFeed Products { get; }
    public BoardKeeper Board { get; }
    public RiskFeed Risks { get; }
    public NoticeFeed Notices { get; }
    public SiloWatch Watch { get; }
    public VariantFeed Variants { get; }
    public GrainInstruments Instruments { get; }
    public TimeProvider Time { get; }
    public ILogger Logger { get; }

    /// <summary>What the deadline index takes for now.</summary>
    public Instant IndexNow => Instant.From(_indexTime.GetUtcNow());

    public Instant Now => Instant.From(Time.GetUtcNow());

    /// <summary>What a rule's treatments are paid from; null for one without a budget.</summary>
    public BudgetRule? BudgetOf(string rule) => _budgets.GetValueOrDefault(rule);

    public void Dispose() => Explanations.Dispose();
}
