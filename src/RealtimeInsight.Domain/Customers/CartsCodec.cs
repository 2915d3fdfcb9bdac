using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Carts;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Customers;

/// <summary>A state's carts, of which there is at least one. Times stand as distances from the customer's newest event.</summary>
internal static class CartsCodec
{
    private const int CartNumbersMax = 6 * (SpanWriter.NumberMax + 1);
    private const int LineNumbersMax = SpanWriter.NumberMax + SpanWriter.MoneyMax + 1;

    /// <summary>The carts take no more bytes than this.</summary>
    public static int LengthMax(List<Cart> carts)
    {
        var length = SpanWriter.NumberMax;
        foreach (var cart in carts)
        {
            length += CartNumbersMax + SpanWriter.MaxOf(cart.CartId) + SpanWriter.MaxOf(cart.Currency);
            for (var i = 0; i < cart.Lines.Count; i++)
            {
                length += LineNumbersMax + SpanWriter.MaxOf(cart.Lines[i].ProductId) + SpanWriter.MaxOf(cart.Lines[i].Name);
            }
        }

        return length;
    }

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
