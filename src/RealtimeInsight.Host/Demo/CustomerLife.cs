using RealtimeInsight.Domain.Events;

namespace RealtimeInsight.Host.Demo;

/// <summary>
/// The life of one customer as an ordered stream: needs arise, visits are planned, orders have consequences, and at some point
/// they do not come back. Only one thing happens at a time; what falls due during a visit happens right after it.
/// </summary>
internal sealed class CustomerLife
{
    private enum Happening : byte
    {
        Visit,
        Need,
        Newsletter,
        CartMail,
        Cancellation,
        Delivery,
        Review,
        Mention,
        Complaint,
        Answer,
        Refund,
    }

    private sealed record Plan(
        Happening What,
        VisitReason Reason = VisitReason.Idle,
        int Stamp = 0,
        PlacedOrder? Order = null,
        bool IsGood = true);

    private const double CartForgottenDays = 14;

    // Whoever would come less than twice a year makes room for somebody new.
    private const double DriftedAwayDays = 180;

    private readonly SimulatedCustomer _customer;
    private readonly SeededRandom _random;
    private readonly double _intensity;
    private readonly PriorityQueue<Plan, (long AtMs, int Number)> _agenda = new();
    private int _plans;
    private int _visitStamp;
    private int _returns;
    private double _absence = 1;
    private long _cartTouchedMs;
    private bool _isGone;

    public CustomerLife(ShopSimulatorOptions options, ShopCatalogue catalogue, long index, long bornMs)
    {
        _customer = new SimulatedCustomer(options, catalogue, index, bornMs);
        _random = _customer.Random;
        _intensity = options.Intensity;
    }

    private Persona Persona => _customer.Persona;

    /// <summary>Events in order of simulated time, each with that time; ends when the customer is gone for good.</summary>
    public IEnumerable<(long AtMs, CustomerEvent Event)> Events()
    {
        PlanFirstDays();
        while (_agenda.TryDequeue(out var plan, out var due))
        {
            _customer.NowMs = Math.Max(_customer.NowMs + 1, due.AtMs);
            foreach (var happened in Carry(plan)) yield return (happened.AtMs, happened.Event);
        }
    }

    private void PlanFirstDays()
    {
        // Half arrive because they need something; buying once is all that one-time customers came for.
        if (Persona.Archetype == Archetype.OneTime || _random.Chance(0.5)) BeginMission();
        PlanVisit(0.03, _customer.Mission is null ? VisitReason.Idle : VisitReason.Mission);
        PlanNeed();
        if (_customer.HasMarketingConsent) Put(new Plan(Happening.Newsletter), _random.Between(3, 10));
    }

    private IEnumerable<(long AtMs, CustomerEvent Event)> Carry(Plan plan)
    {
        var happenings = plan.What switch
        {
            Happening.Visit => Visit(plan),
            Happening.Need => Need(),
            Happening.Newsletter => Newsletter(),
            Happening.CartMail => CartMail(),
            Happening.Delivery => Delivery(plan.Order!),
            Happening.Complaint => Complaint(plan.Order!),
            _ => [Aftermath(plan)],
        };
        foreach (var happened in happenings) yield return (_customer.NowMs, happened);
    }

    private IEnumerable<CustomerEvent> Visit(Plan plan)
    {
        if (_isGone || plan.Stamp != _visitStamp) yield break;
        if (_customer.NowMs - _cartTouchedMs > CartForgottenDays * SimulatedCustomer.DayMs) _customer.EmptyCart();
        if (!_customer.IsKnown && _customer.HasOrdered is false && _random.Chance(0.1))
        {
            yield return _customer.Identify();
            _customer.Wait(_random.Between(2, 20));
        }

        var visit = new CustomerVisit(_customer, plan.Reason);
        foreach (var happened in visit.Run()) yield return happened;
        _absence *= Persona.Drift;
        if (visit.End != VisitEnd.NoCart) _cartTouchedMs = _customer.NowMs;
        if (visit.Order is { } order) PlanAfterOrder(order);
        if (!DecideToLeave()) PlanNext(visit.End);
    }

    private void PlanNext(VisitEnd end)
    {
        if (end == VisitEnd.Bought) _returns = 0;
        if (end >= VisitEnd.LeftDistracted && PlanReturn(end)) return;
        if (_customer.Mission is { } mission)
        {
            if (!_random.Chance(0.16 + (0.05 * mission.Visits)))
            {
                PlanVisit(_random.Exponential(1.1), VisitReason.Mission);
                return;
            }

            _customer.Mission = null;
        }

        PlanVisit(_random.Exponential(Persona.IdleDays) * _absence / _intensity, VisitReason.Idle);
    }

    /// <summary>Some come back for what they left, by themselves or after a reminder; each time fewer do.</summary>
    private bool PlanReturn(VisitEnd end)
    {
        var fading = Math.Pow(0.6, _returns++);
        if (_customer.HasMarketingConsent && _random.Chance(0.5)) Put(new Plan(Happening.CartMail), _random.Between(0.06, 0.4));
        var (chance, days) = end switch
        {
            VisitEnd.LeftOverPayment => (0.5, 0.08),
            VisitEnd.LeftDistracted => (0.38, 0.5),
            VisitEnd.LeftOverShipping => (0.22, 0.9),
            _ => (0.16, 1.5),
        };
        if (!_random.Chance(chance * fading)) return false;
        PlanVisit(_random.Exponential(days) + 0.01, VisitReason.CartReturn);
        return true;
    }

    private bool DecideToLeave()
    {
        var unhappy = Math.Max(0, 0.5 - _customer.Satisfaction);
        var isServed = Persona.Archetype == Archetype.OneTime && _customer.HasOrdered;
        var chance = isServed ? 0.85 : Persona.LeaveRate + (1.5 * unhappy);
        _isGone = _isGone || Persona.IdleDays * _absence > DriftedAwayDays || _random.Chance(chance);
        return _isGone;
    }

    private IEnumerable<CustomerEvent> Need()
    {
        if (_isGone) yield break;
        if (_customer.Mission is null)
        {
            BeginMission();
            PlanVisit(_random.Exponential(0.3), VisitReason.Mission);
        }

        PlanNeed();
    }

    private IEnumerable<CustomerEvent> Newsletter()
    {
        if (_isGone || !_customer.HasMarketingConsent) yield break;
        Put(new Plan(Happening.Newsletter), _random.Between(5, 12));
        if (!_customer.IsKnown || !_random.Chance(0.25 * _customer.Satisfaction / _absence)) yield break;
        yield return _customer.Happens(EventKind.MessageOpened) with { Subject = "newsletter" };
        _customer.Wait(_random.Between(4, 40));
        if (_random.Chance(0.06 + (0.2 * Persona.PriceSensitivity)))
        {
            yield return _customer.Happens(EventKind.MessageClicked) with { Subject = "newsletter" };
            PlanVisit(0.0005, VisitReason.Idle);
        }
        else if (_random.Chance(0.03))
        {
            _customer.HasMarketingConsent = false;
            yield return _customer.Happens(EventKind.ConsentChanged) with { Consents = new Dictionary<string, bool> { ["email"] = false } };
        }
    }

    private IEnumerable<CustomerEvent> CartMail()
    {
        if (_isGone || _customer.Cart.Count == 0 || !_customer.IsKnown || !_random.Chance(0.5)) yield break;
        yield return _customer.Happens(EventKind.MessageOpened) with { Subject = "cart-reminder" };
        _customer.Wait(_random.Between(4, 60));
        if (_random.Chance(0.5)) PlanVisit(0.0005, VisitReason.CartReminder);
    }

    private void PlanAfterOrder(PlacedOrder order)
    {
        if (_random.Chance(0.03)) Put(new Plan(Happening.Cancellation, Order: order), _random.Between(0.02, 0.5));
        else Put(new Plan(Happening.Delivery, Order: order), _random.Between(1.5, 6));
    }

    private IEnumerable<CustomerEvent> Delivery(PlacedOrder order)
    {
        var isGood = !_random.Chance(0.16);
        _customer.Please(isGood ? 0.06 : -0.3);
        if (_random.Chance(isGood ? 0.12 : 0.3)) Put(new Plan(Happening.Review, Order: order, IsGood: isGood), _random.Between(0.5, 7));
        if (_random.Chance(isGood ? 0.02 : 0.12)) Put(new Plan(Happening.Mention, Order: order, IsGood: isGood), _random.Between(0.1, 3));
        if (!isGood && _random.Chance(0.7)) Put(new Plan(Happening.Complaint, Order: order), _random.Between(0.05, 2));
        return [];
    }

    private IEnumerable<CustomerEvent> Complaint(PlacedOrder order)
    {
        yield return Says(EventKind.ServiceMessage, ShopVoices.Complaints, "customer");
        var isHelped = _random.Chance(0.6);
        Put(new Plan(Happening.Answer, Order: order, IsGood: isHelped), isHelped ? _random.Between(0.02, 0.5) : _random.Between(1, 4));
        if (_random.Chance(0.45)) Put(new Plan(Happening.Refund, Order: order), _random.Between(2, 10));
        if (isHelped || !_random.Chance(0.5)) yield break;
        _customer.Wait(_random.Between(600, 40_000));
        _customer.Please(-0.1);
        yield return Says(EventKind.ServiceMessage, ShopVoices.Complaints, "customer");
    }

    private CustomerEvent Aftermath(Plan plan)
    {
        var order = plan.Order!;
        switch (plan.What)
        {
            case Happening.Cancellation:
                return WithOrder(EventKind.OrderCancelled, order);
            case Happening.Refund:
                DecideToLeave();
                return WithOrder(EventKind.OrderRefunded, order);
            case Happening.Answer:
                _customer.Please(plan.IsGood ? 0.25 : -0.05);
                DecideToLeave();
                return Says(EventKind.ServiceMessage, ShopVoices.Answers, "agent");
            case Happening.Mention:
                return Says(EventKind.SocialMention, plan.IsGood ? ShopVoices.GoodMentions : ShopVoices.BadMentions, "public");
            default:
                return _customer.About(EventKind.ReviewPosted, order.Product) with
                {
                    Rating = plan.IsGood ? 4 + _random.Below(2) : 1 + _random.Below(2),
                    Text = _random.Pick(plan.IsGood ? ShopVoices.GoodReviews : ShopVoices.BadReviews),
                };
        }
    }

    private CustomerEvent Says(EventKind kind, IReadOnlyList<string> words, string who) =>
        _customer.Happens(kind) with { Subject = who, Text = _random.Pick(words) };

    private CustomerEvent WithOrder(EventKind kind, PlacedOrder order) =>
        _customer.Happens(kind) with { OrderId = order.OrderId, Value = order.Total, Currency = Persona.Currency };

    private void BeginMission()
    {
        var category = _random.Pick(Persona.FavouriteCategories);
        var style = Math.Clamp(Persona.Style + (0.15 * _random.Normal()), 0, 0.999);
        var wished = _customer.Catalogue.Near(category, style, _random);
        var resolve = 0.5 * Persona.Decisiveness * _random.NextDouble();
        _customer.Mission = new Mission(category, style, wished.Price * _random.Between(0.9, 1.8), resolve);
    }

    private void PlanNeed() =>
        Put(new Plan(Happening.Need), Math.Max(1, _random.Exponential(Persona.NeedDays)) * _absence / _intensity);

    /// <summary>Plans the one next visit; an earlier plan that has not come true is dropped.</summary>
    private void PlanVisit(double days, VisitReason reason)
    {
        var atMs = _customer.NowMs + (long)(days * SimulatedCustomer.DayMs);
        // Nobody waits for the shopping hour of the day to click a link that they hold in their hand.
        if (days > 0.02) atMs = ShopHours.NextSuitable(atMs, Persona, _random);
        _agenda.Enqueue(new Plan(Happening.Visit, reason, ++_visitStamp), (atMs, _plans++));
    }

    private void Put(Plan plan, double days) =>
        _agenda.Enqueue(plan, (_customer.NowMs + (long)(days * SimulatedCustomer.DayMs), _plans++));
}
