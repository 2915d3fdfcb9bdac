using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Time;

namespace RealtimeInsight.Domain.Carts;

/// <summary>One product in a cart. Price of one piece, null where unknown.</summary>
public readonly record struct CartLine(string ProductId, int Quantity, decimal? Price, string? Name)
{
    /// <summary>Price times quantity, 0 where the price is unknown.</summary>
    public decimal Value => ProductLine.ValueOf(Price, Quantity);
}

/// <summary>One cart episode: from its first product to order, abandonment or emptying; spans sessions and devices.</summary>
public sealed class Cart
{
    /// <summary>Lines beyond this are counted in <see cref="LinesDropped"/> and not kept.</summary>
    public const int LinesMax = 100;

    private readonly List<CartLine> _lines = [];

    /// <summary>Number of the episode, from 1 for each customer.</summary>
    public int Number { get; internal init; }

    /// <summary>The shop's own id, when it sent one.</summary>
    public string? CartId { get; internal set; }
    public CartState State { get; internal set; }
    public Instant OpenedAt { get; internal init; }

    /// <summary>When the state or a line changed last.</summary>
    public Instant ChangedAt { get; internal set; }

    /// <summary>When it was abandoned for the first time; no value if never.</summary>
    public Instant AbandonedAt { get; internal set; }
    public string? Currency { get; internal set; }
    public int LinesDropped { get; internal set; }
    public IReadOnlyList<CartLine> Lines => _lines;

    public decimal Value
    {
        get
        {
            var value = 0m;
            foreach (var line in _lines) value += line.Value;
            return value;
        }
    }

    public int Pieces
    {
        get
        {
            var pieces = 0;
            foreach (var line in _lines) pieces += line.Quantity;
            return pieces;
        }
    }

    internal void Put(ProductLine product)
    {
        var i = IndexOf(product.ProductId);
        if (i >= 0)
        {
            var line = _lines[i];
            _lines[i] = line with
            {
                Quantity = (int)Math.Min(ProductLine.QuantityMax, (long)line.Quantity + product.Quantity),
                Price = product.Price ?? line.Price,
                Name = product.Name ?? line.Name,
            };
        }
        else
        {
            var quantity = Math.Min(ProductLine.QuantityMax, product.Quantity);
            Append(new CartLine(product.ProductId, quantity, product.Price, product.Name));
        }
    }

    /// <summary>Takes quantity off a line; the line goes when nothing is left.</summary>
    internal void Take(string productId, int quantity)
    {
        var i = IndexOf(productId);
        if (i < 0) return;
        var left = _lines[i].Quantity - quantity;
        if (left > 0) _lines[i] = _lines[i] with { Quantity = left };
        else _lines.RemoveAt(i);
    }

    /// <summary>Makes the lines those of the list that the shop showed; prices and names that it left out stay known.</summary>
    internal void Replace(IReadOnlyList<ProductLine> products)
    {
        CartLine[] known = [.. _lines];
        _lines.Clear();
        LinesDropped = 0;
        for (var i = 0; i < products.Count; i++) Put(products[i]);
        for (var i = 0; i < _lines.Count; i++)
        {
            var before = Array.Find(known, line => string.Equals(line.ProductId, _lines[i].ProductId, StringComparison.Ordinal));
            _lines[i] = _lines[i] with { Price = _lines[i].Price ?? before.Price, Name = _lines[i].Name ?? before.Name };
        }
    }

    internal void TakeOver(IEnumerable<CartLine> lines)
    {
        foreach (var line in lines) Append(line);
    }

    /// <summary>The same cart under another number, as histories that are joined number theirs anew.</summary>
    internal Cart Numbered(int number)
    {
        var cart = new Cart
        {
            Number = number,
            CartId = CartId,
            State = State,
            OpenedAt = OpenedAt,
            ChangedAt = ChangedAt,
            AbandonedAt = AbandonedAt,
            Currency = Currency,
            LinesDropped = LinesDropped,
        };
        cart._lines.AddRange(_lines);
        return cart;
    }

    internal int QuantityOf(string productId) => IndexOf(productId) is >= 0 and var i ? _lines[i].Quantity : 0;

    internal bool Holds(string productId) => IndexOf(productId) >= 0;

    internal void Append(CartLine line)
    {
        if (_lines.Count >= LinesMax)
        {
            LinesDropped++;
            return;
        }

        // Most carts have one line; a list by itself makes room for four at once.
        if (_lines.Count == _lines.Capacity) _lines.Capacity = Math.Max(1, _lines.Count * 2);
        _lines.Add(line);
    }

    internal void Clear() => _lines.Clear();

    private int IndexOf(string productId)
    {
        for (var i = 0; i < _lines.Count; i++)
        {
            if (string.Equals(_lines[i].ProductId, productId, StringComparison.Ordinal)) return i;
        }

        return -1;
    }
}
