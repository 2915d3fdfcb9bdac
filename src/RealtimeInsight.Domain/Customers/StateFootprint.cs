using System.Runtime.CompilerServices;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Profiles;
using RealtimeInsight.Domain.Scoring;
using RealtimeInsight.Domain.Sessions;

namespace RealtimeInsight.Domain.Customers;

/// <summary>
/// About how many bytes a state takes on the managed heap: within a third of what the runtime allocates, at the cost of a look at the
/// state alone, but for those with a person or decisions. Strings are counted as if nobody else held them, but for names of categories
/// and brands, which many customers share.
/// </summary>
public static class StateFootprint
{
    private const int ObjectBytes = 16;
    private const int ArrayBytes = 24;
    private const int ListBytes = 32;
    private const int StringBytes = 22;
    private const int TreeBytes = 160;
    private const int TreeNodeBytes = 64;
    private const int CurrencyBytes = 32;
    private const int KnownOrdersBytes = 56;

    private static readonly int s_fixed = ObjectBytes + 128 + (ModelContract.StateWidth * sizeof(float))
        + Unsafe.SizeOf<CustomerState.KindCounters>() + Unsafe.SizeOf<DecayedRates>() + Unsafe.SizeOf<RecentEvents>()
        + Unsafe.SizeOf<EventIdWindow>() + (2 * Unsafe.SizeOf<AffinityList>()) + Unsafe.SizeOf<OrderHistory>() + Unsafe.SizeOf<Session>();

    public static int Of(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var bytes = s_fixed + Text(state.Id.Value);
        bytes += Array(state.RecentField.Room, Unsafe.SizeOf<RecentEvent>()) + Array(state.IdsField.Room, sizeof(ulong));
        bytes += Affinities(state.CategoriesField) + Affinities(state.BrandsField);
        if (state.OrdersField.Currency is not null) bytes += CurrencyBytes;
        if (state.OrdersField.KnownOrders is not null) bytes += KnownOrdersBytes;
        bytes += state.CartBytes;
        if (state.Texts is not null) bytes += ObjectBytes + 56;
        if (state.Person is { } person) bytes += OfPerson(person);
        if (state.Ledger is { } ledger) bytes += OfLedger(ledger);
        return bytes;
    }

    private static int Affinities(in AffinityList list) => Array(list.Room, Unsafe.SizeOf<AffinityList.Entry>());

    private static int Array(int room, int itemBytes) => room == 0 ? 0 : ArrayBytes + (room * itemBytes);

    internal static int OfCarts(List<Cart> carts)
    {
        var bytes = ListBytes + ArrayBytes + (carts.Capacity * sizeof(long));
        foreach (var cart in carts) bytes += OfCart(cart);
        return bytes;
    }

    private static int OfCart(Cart cart)
    {
        var bytes = ObjectBytes + 64 + ListBytes + ArrayBytes + Text(cart.CartId) + Text(cart.Currency);
        for (var i = 0; i < cart.Lines.Count; i++)
        {
            bytes += Unsafe.SizeOf<CartLine>() + Text(cart.Lines[i].ProductId) + Text(cart.Lines[i].Name);
        }

        return bytes;
    }

    private static int OfPerson(Person person)
    {
        var bytes = ObjectBytes + 32 + (2 * TreeBytes) + ListBytes + Text(person.TimeZone);
        foreach (var (name, value) in person.Traits) bytes += TreeNodeBytes + Text(name) + Text(value);
        foreach (var (purpose, _) in person.Consents) bytes += TreeNodeBytes + Text(purpose);
        for (var i = 0; i < person.Visitors.Count; i++) bytes += sizeof(long) + Text(person.Visitors[i].Value);
        return bytes;
    }

    private static int OfLedger(DecisionLedger ledger)
    {
        var bytes = ObjectBytes + ListBytes + ArrayBytes;
        for (var i = 0; i < ledger.Entries.Count; i++)
        {
            var entry = ledger.Entries[i];
            bytes += ObjectBytes + 80 + sizeof(long) + Text(entry.DecisionId) + Text(entry.Episode);
        }

        return bytes;
    }

    private static int Text(string? text) => text is null ? 0 : (StringBytes + (2 * text.Length) + 7) & ~7;
}
