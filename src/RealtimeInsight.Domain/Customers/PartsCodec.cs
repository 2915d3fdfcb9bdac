using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Customers;

/// <summary>The parts of a state that only some customers have: person, decisions; and carts as version 1 wrote them.</summary>
internal static class PartsCodec
{
    private const int ListMax = 4_096;

    public static List<Cart>? ReadCartsV1(ref ByteReader reader)
    {
        var count = reader.Count(CustomerState.CartsMax);
        if (count == 0) return null;
        var carts = new List<Cart>(count);
        for (var i = 0; i < count; i++) carts.Add(ReadCartV1(ref reader));
        return carts;
    }

    public static void WritePerson(ByteWriter writer, Person person)
    {
        // Version 1 said here whether there is one.
        writer.Bool(true);
        writer.OptionalText(person.TimeZone);
        writer.Unsigned((uint)person.Traits.Count);
        foreach (var (name, value) in person.Traits)
        {
            writer.Text(name);
            writer.Text(value);
        }

        writer.Unsigned((uint)person.Consents.Count);
        foreach (var (purpose, isGranted) in person.Consents)
        {
            writer.Text(purpose);
            writer.Bool(isGranted);
        }

        writer.Unsigned((uint)person.Visitors.Count);
        foreach (var visitor in person.Visitors) writer.Text(visitor.Value);
    }

    public static Person? ReadPerson(ref ByteReader reader)
    {
        if (!reader.Bool()) return null;
        var person = new Person { TimeZone = reader.OptionalText() };
        var traits = reader.Count(ListMax);
        for (var i = 0; i < traits; i++) person.SetTrait(reader.Text(), reader.Text());
        var consents = reader.Count(ListMax);
        for (var i = 0; i < consents; i++) person.SetConsent(reader.Text(), reader.Bool());
        var visitors = reader.Count(ListMax);
        for (var i = 0; i < visitors; i++) person.Link(reader.Customer());
        return person;
    }

    public static void WriteLedger(ByteWriter writer, DecisionLedger ledger)
    {
        writer.Unsigned((uint)ledger.Entries.Count);
        foreach (var entry in ledger.Entries)
        {
            writer.Text(entry.DecisionId);
            writer.Text(entry.Rule);
            writer.Text(entry.Action);
            writer.OptionalText(entry.Channel);
            writer.Text(entry.Episode);
            writer.Byte((byte)entry.Status);
            writer.Byte((byte)entry.Reason);
            writer.Time(entry.DecidedAt);
            writer.Time(entry.DueAt);
            writer.Byte((byte)entry.Outcome);
            writer.Time(entry.AttributionEndsAt);
        }
    }

    public static DecisionLedger? ReadLedger(ref ByteReader reader)
    {
        var count = reader.Count(DecisionLedger.EntriesMax);
        if (count == 0) return null;
        var ledger = new DecisionLedger();
        for (var i = 0; i < count; i++)
        {
            ledger.Put(new LedgerEntry
            {
                DecisionId = reader.Text(),
                Rule = reader.Text(),
                Action = reader.Text(),
                Channel = reader.OptionalText(),
                Episode = reader.Text(),
                Status = (DecisionStatus)reader.Choice((byte)DecisionStatus.Dropped, "decision status"),
                Reason = (SuppressionReason)reader.Choice((byte)SuppressionReason.LowerPriority, "suppression reason"),
                DecidedAt = reader.Time(),
                DueAt = reader.Time(),
                Outcome = (OutcomeKind)reader.Choice((byte)OutcomeKind.NotRecovered, "outcome"),
                AttributionEndsAt = reader.Time(),
            });
        }

        return ledger;
    }

    /// <summary>Which entries gave which variant; only of a ledger that has some, so that others take the bytes they always took.</summary>
    public static void WriteVariants(ByteWriter writer, DecisionLedger ledger)
    {
        writer.Unsigned((uint)ledger.Entries.Count(static entry => entry.Variant is not null));
        for (var i = 0; i < ledger.Entries.Count; i++)
        {
            if (ledger.Entries[i].Variant is not { } variant) continue;
            writer.Unsigned((uint)i);
            writer.Text(variant);
        }
    }

    /// <summary>The ledger with the variants that its entries gave.</summary>
    public static DecisionLedger ReadVariants(ref ByteReader reader, DecisionLedger? ledger)
    {
        if (ledger is null) throw reader.Malformed("there are variants and no decisions");
        for (var left = reader.Count(DecisionLedger.EntriesMax); left > 0; left--)
        {
            var index = reader.Unsigned();
            if (index >= (ulong)ledger.Entries.Count) throw reader.Malformed($"decision {index} of {ledger.Entries.Count} has a variant");
            ledger.Put(ledger.Entries[(int)index].Of(SharedNames.Read(reader.Utf8(), out _)));
        }

        return ledger;
    }

    private static Cart ReadCartV1(ref ByteReader reader)
    {
        var number = reader.Int32();
        var cartId = reader.OptionalText();
        var state = reader.Byte();
        if (state is 0 or >= CartStates.Count) throw reader.Malformed($"cart state is {state}, 1 to {CartStates.Count - 1} is known");
        var cart = new Cart
        {
            Number = number,
            CartId = cartId,
            State = (CartState)state,
            OpenedAt = reader.Time(),
            ChangedAt = reader.Time(),
            AbandonedAt = reader.Time(),
            Currency = reader.OptionalText(),
            LinesDropped = reader.Int32(),
        };
        var lines = reader.Count(Cart.LinesMax);
        for (var i = 0; i < lines; i++)
        {
            cart.Append(new CartLine(reader.Text(), reader.Int32(), reader.OptionalDecimal(), reader.OptionalText()));
        }

        return cart;
    }
}
