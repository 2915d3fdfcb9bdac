using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>A state's carts, of which there is at least one. Times stand as distances from the customer's newest event.</summary>
internal static class CartsCodec
{
    /// <summary>
    /// The carts take no more bytes than this. Told by what is kept of their size, without a look at them: a character takes two bytes in
    /// memory and at most three here, and every line and cart has more numbers around it in memory.
    /// </summary>
    /// <param name="bytesInMemory">See <see cref="CustomerState.CartBytes"/>.</param>
    public static int LengthMax(int bytesInMemory) => SpanWriter.NumberMax + bytesInMemory + (bytesInMemory / 2);

    public static void Write(ref SpanWriter writer, List<Cart> carts, Instant newest)
    {
        writer.Unsigned((uint)carts.Count);
        foreach (var cart in carts)
        {
            writer.Signed(cart.Number);
            writer.Byte((byte)cart.State);
            writer.OptionalText(cart.CartId);
            writer.Moment(cart.OpenedAt, newest);
            writer.Moment(cart.ChangedAt, newest);
            writer.Moment(cart.AbandonedAt, newest);
            writer.OptionalName(cart.Currency);
            writer.Signed(cart.LinesDropped);
            writer.Unsigned((uint)cart.Lines.Count);
            for (var i = 0; i < cart.Lines.Count; i++)
            {
                var line = cart.Lines[i];
                writer.Text(line.ProductId);
                writer.Signed(line.Quantity);
                writer.OptionalMoney(line.Price);
                writer.OptionalText(line.Name);
            }
        }
    }

    public static List<Cart>? Read(ref ByteReader reader, Instant newest)
    {
        var count = reader.Count(CustomerState.CartsMax);
        if (count == 0) return null;
        var carts = new List<Cart>(count);
        for (var i = 0; i < count; i++) carts.Add(ReadCart(ref reader, newest));
        return carts;
    }

    private static Cart ReadCart(ref ByteReader reader, Instant newest)
    {
        var number = reader.Int32();
        var state = reader.Byte();
        if (state is 0 or >= CartStates.Count) throw reader.Malformed($"cart state is {state}, 1 to {CartStates.Count - 1} is known");
        var cart = new Cart
        {
            Number = number,
            State = (CartState)state,
            CartId = reader.OptionalText(),
            OpenedAt = reader.Moment(newest),
            ChangedAt = reader.Moment(newest),
            AbandonedAt = reader.Moment(newest),
            Currency = reader.OptionalName(),
            LinesDropped = reader.Int32(),
        };
        var lines = reader.Count(Cart.LinesMax);
        for (var i = 0; i < lines; i++)
        {
            cart.Append(new CartLine(reader.Text(), reader.Int32(), reader.OptionalMoney(), reader.OptionalText()));
        }

        return cart;
    }
}
