using System.Buffers;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Learning;
using RealtimeInsight.Domain.Time;
using RealtimeInsight.Orleans.Actors;
using RealtimeInsight.Orleans.Contracts;

namespace RealtimeInsight.Orleans.Variants;

/// <summary>One for the whole cluster; one write for each call that brings notes.</summary>
[GrainType("ri.variants")]
internal sealed class VariantGrain(
    [PersistentState("variants", SiloHosting.StorageName)] IPersistentState<VariantState> storage, CustomerCore core,
    ClusterSettings settings) : Grain, IVariantGrain
{
    /// <summary>Silos whose batches are remembered; those heard longest ago go.</summary>
    private const int HeardMax = 256;

    private VariantLearner _learner = new(settings.Policy);

    /// <inheritdoc/>
    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _learner = Stored();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<VariantView[]> TellAsync(VariantNotes notes)
    {
        ArgumentNullException.ThrowIfNull(notes);
        ContractVersion.Check(notes.Version, "the notes of variants");
        var isNew = !storage.State.Heard.TryGetValue(notes.Silo, out var heard) || heard.Batch < notes.Batch;
        if (isNew && notes.Notes.Length > 0)
        {
            foreach (var note in notes.Notes) Hear(note);
            try
            {
                await this.StoreAsync(storage, StateWith(notes));
            }
            catch
            {
                // The silo tells it again, to a learner that has not heard it.
                _learner = Stored();
                throw;
            }
        }

        return View();
    }

    private VariantLearner Stored()
    {
        var learner = new VariantLearner(settings.Policy);
        if (storage.State.Learned.Length == 0) return learner;
        var reader = new ByteReader(storage.State.Learned);
        learner.Load(ref reader);
        return learner;
    }

    private void Hear(VariantNote note)
    {
        var given = new GivenVariant(note.Rule, note.Variant, new Instant(note.DecidedAtMs));
        if (note.IsRecovered is not { } isRecovered) _learner.NoteGiven(given);
        else _learner.NoteOutcome(given, isRecovered ? OutcomeKind.Recovered : OutcomeKind.NotRecovered, new Instant(note.AtMs));
    }

    private VariantState StateWith(VariantNotes notes)
    {
        var output = new ArrayBufferWriter<byte>();
        _learner.Write(output);
        var heard = new Dictionary<string, HeardBatch>(storage.State.Heard)
        {
            [notes.Silo] = new HeardBatch(notes.Batch, core.Now.UnixMs),
        };
        foreach (var (silo, _) in heard.OrderBy(static pair => pair.Value.AtMs).Take(Math.Max(0, heard.Count - HeardMax)).ToList())
        {
            heard.Remove(silo);
        }

        return new VariantState { Learned = output.WrittenSpan.ToArray(), Heard = heard };
    }

    private VariantView[] View()
    {
        var odds = settings.Policy.Rules.Where(static rule => rule.Choose is not null).ToDictionary(
            static rule => rule.Id,
            rule => rule.Variants.Select(static variant => variant.Id).Zip(_learner.OddsOf(rule)).ToDictionary(
                static pair => pair.First, static pair => pair.Second, StringComparer.Ordinal),
            StringComparer.Ordinal);
        return
        [
            .. _learner.Read().Select(one =>
            {
                var chosen = odds[one.Rule][one.Variant];
                return new VariantView(
                    one.Rule, one.Variant, chosen.Probability, chosen.Alpha, chosen.Beta, one.Given, one.Rewarded, one.Open);
            }),
        ];
    }
}
