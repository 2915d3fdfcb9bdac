using System.Runtime.InteropServices;
using RealtimeInsight.Domain.Binary;
using RealtimeInsight.Domain.Customers;
using RealtimeInsight.Domain.Decisions;
using RealtimeInsight.Domain.Events;
using RealtimeInsight.Domain.Text;

namespace RealtimeInsight.Domain.Learning;

/// <summary>
/// Sums over the whole shop that fade by event time: looks at each item, looks and orders of each category, its usual price. Sums only, so
/// the order of the events does not matter as long as no item had to give way. Bounded: a maximum of items, and categories by the 16 bits
/// of their label (of a thousand names about eight pairs share one). Thread-safe.
/// </summary>
public sealed class ShopStatistics : IShopView
{
    private const byte FormatVersion = 1;

    /// <summary>Looks of the shop's mean conversion that a category begins with.</summary>
    private const double PriorLooks = 20;

    private readonly Lock _gate = new();
    private readonly ShopStatisticsOptions _options;
    private readonly Dictionary<uint, double> _items = [];
    private readonly Dictionary<ushort, Category> _categories = [];
    private FadingScale _scale;
    private double _looks;
    private Category _all;
    private bool _isFrozen;

    public ShopStatistics(ShopStatisticsOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_options, _scale) = (options, new FadingScale(options.HalfLife));
    }

    /// <summary>While true nothing is counted any more; what decisions look at stays as it is.</summary>
    public bool IsFrozen
    {
        get
        {
            lock (_gate) return _isFrozen;
        }

        set
        {
            lock (_gate) _isFrozen = value;
        }
    }

    public (int Items, int Categories) Counts
    {
        get
        {
            lock (_gate) return (_items.Count, _categories.Count);
        }
    }

    /// <summary>Pieces ordered for each look, over the whole shop; not a number before the first look.</summary>
    public double Conversion
    {
        get
        {
            lock (_gate) return _all.Looks > 0 ? _all.Orders / _all.Looks : double.NaN;
        }
    }

    /// <summary>Counts a look or an order; other events are left out.</summary>
    public void Saw(CustomerEvent item)
    {
        ArgumentNullException.ThrowIfNull(item);
        var isOrder = item.Kind == EventKind.OrderCompleted;
        if (!isOrder && item.Kind != EventKind.ProductViewed) return;
        lock (_gate)
        {
            if (_isFrozen) return;
            var weight = _scale.WeightOf(item.OccurredAt.UnixMs, out var rescale);
            if (rescale != 1) Scale(rescale);
            for (var i = 0; i < item.Products.Count; i++)
            {
                var product = item.Products[i];
                if (!isOrder) Look(EntityHash.Item(product.ProductId), weight);
                if (product.Category is not { } category) continue;
                var label = EntityHash.Label(category);
                ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_categories, label, out _);
                sums = sums.With(product, isOrder, weight);
                _all = _all.With(product, isOrder, weight);
            }
        }
    }

    public ShopValues ValuesOf(CustomerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        ref readonly var recent = ref state.Recent;
        for (var i = recent.Count - 1; i >= 0; i--)
        {
            ref readonly var one = ref recent[i];
            if (one.ItemHash == 0 || one.Kind is not (EventKind.ProductViewed or EventKind.CartAdded)) continue;
            return ValuesOf(one.ItemHash, one.CategoryHash, one.Value / Math.Max(1, (double)one.Quantity));
        }

        return ShopValues.Unknown;
    }

    /// <param name="category">Its label; 0 for none.</param>
    /// <param name="price">0 where it is not known.</param>
    public ShopValues ValuesOf(uint item, ushort category, double price)
    {
        lock (_gate)
        {
            var popularity = _items.TryGetValue(item, out var looks) && _looks > 0 ? looks * _items.Count / _looks : double.NaN;
            if (category == 0 || _all.Looks <= 0) return new ShopValues(popularity, double.NaN, double.NaN);
            var sums = _categories.GetValueOrDefault(category);

            // The prior is in looks as they count now, whatever the scale is at.
            var prior = PriorLooks * _scale.Newest;
            var conversion = (sums.Orders + (prior * _all.Orders / _all.Looks)) / (sums.Looks + prior);
            var ratio = price > 0 && sums.Prices > 0 ? price / Math.Exp(sums.LogPrices / sums.Prices) : double.NaN;
            return new ShopValues(popularity, conversion, ratio);
        }
    }

    public void Reset()
    {
        lock (_gate)
        {
            _items.Clear();
            _categories.Clear();
            (_scale, _looks, _all) = (new FadingScale(_options.HalfLife), 0, default);
        }
    }

    public void Write(System.Buffers.IBufferWriter<byte> output)
    {
        var writer = new ByteWriter(output);
        lock (_gate)
        {
            writer.Byte(FormatVersion);
            _scale.Write(writer);
            writer.Bool(_isFrozen);
            writer.Double(_looks);
            _all.Write(writer);
            writer.Unsigned((ulong)_items.Count);
            foreach (var (item, looks) in _items)
            {
                writer.Unsigned(item);
                writer.Double(looks);
            }

            writer.Unsigned((ulong)_categories.Count);
            foreach (var (label, sums) in _categories)
            {
                writer.Unsigned(label);
                sums.Write(writer);
            }
        }
    }

    /// <summary>Takes over what <see cref="Write"/> wrote; what fades otherwise now begins anew.</summary>
    /// <exception cref="FormatException">It is something else; nothing has changed.</exception>
    public void Load(ref ByteReader reader)
    {
        var version = reader.Byte();
        if (version != FormatVersion) throw reader.Malformed($"statistics have format {version}, this program reads {FormatVersion}");
        var scale = new FadingScale(_options.HalfLife);
        var fadesAlike = scale.Read(ref reader);
        var (isFrozen, looks, all) = (reader.Bool(), reader.Double(), Category.Read(ref reader));
        var items = new List<(uint, double)>();
        for (var left = reader.Count(ShopStatisticsOptions.ItemsLimit); left > 0; left--) items.Add((reader.Unsigned32(), reader.Double()));
        var categories = new List<(ushort, Category)>();
        for (var left = reader.Count(ushort.MaxValue + 1); left > 0; left--)
        {
            categories.Add((reader.Unsigned16(), Category.Read(ref reader)));
        }

        lock (_gate)
        {
            Reset();
            _isFrozen = isFrozen;
            if (!fadesAlike) return;
            (_scale, _looks, _all) = (scale, looks, all);
            foreach (var (item, weight) in items) _items[item] = weight;
            foreach (var (label, sums) in categories) _categories[label] = sums;
            if (_items.Count > _options.ItemsMax) DropLeastSeen();
        }
    }

    private void Look(uint item, double weight)
    {
        if (!_items.ContainsKey(item) && _items.Count >= _options.ItemsMax) DropLeastSeen();
        CollectionsMarshal.GetValueRefOrAddDefault(_items, item, out _) += weight;
        _looks += weight;
    }

    private void DropLeastSeen()
    {
        var keep = _options.ItemsMax - Math.Max(1, _options.ItemsMax / 16);
        var ranked = _items.OrderByDescending(static pair => pair.Value).ThenBy(static pair => pair.Key);
        foreach (var (item, looks) in ranked.Skip(keep).ToList())
        {
            _items.Remove(item);
            _looks -= looks;
        }
    }

    private void Scale(double factor)
    {
        _looks *= factor;
        _all = _all.Times(factor);
        foreach (var item in _items.Keys) _items[item] *= factor;
        foreach (var label in _categories.Keys) _categories[label] = _categories[label].Times(factor);
    }

    /// <summary>Sums of one category.</summary>
    private readonly record struct Category(double Looks, double Orders, double LogPrices, double Prices)
    {
        public Category With(ProductLine product, bool isOrder, double weight)
        {
            if (isOrder) return this with { Orders = Orders + (weight * product.Quantity) };
            var looked = this with { Looks = Looks + weight };
            return product.Price is > 0 and var price
                ? looked with { LogPrices = LogPrices + (weight * Math.Log((double)price)), Prices = Prices + weight }
                : looked;
        }

        public Category Times(double factor) => new(Looks * factor, Orders * factor, LogPrices * factor, Prices * factor);

        public void Write(ByteWriter writer)
        {
            writer.Double(Looks);
            writer.Double(Orders);
            writer.Double(LogPrices);
            writer.Double(Prices);
        }

        public static Category Read(ref ByteReader reader) => new(reader.Double(), reader.Double(), reader.Double(), reader.Double());
    }
}
