using RealtimeInsight.Domain.Time;
using RealtimeInsight.Engine.Outbox;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Engine.Tests.Outbox;

public sealed class EndpointGateTests
{
    private static readonly Instant Now = new(1_700_000_000_000);
    private readonly EndpointGate _gate = new("webhook", ["webhook"], new OutboxOptions { CircuitFailures = 3 }, disabled: null);

    [Fact]
    public void Failures_BelowTheLimit_LeaveItOpen()
    {
        Fail(2);
        Assert.True(_gate.MaySend(Now, inFlight: 3));
        Assert.Equal(("open", 2), (_gate.Status(Now).State, _gate.Status(Now).Failures));
    }

    [Fact]
    public void Failures_InARow_PauseItTwiceAsLongEachTime_UpToTheMost()
    {
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            Fail(1, Now);
            waits.Add(Math.Max(0, (_gate.OpensAt - Now).TotalSeconds));
        }

        Assert.Equal([0, 0, 5, 10, 20, 40, 80, 160, 300, 300, 300, 300], waits);
        Assert.False(_gate.MaySend(Now, inFlight: 0));
        Assert.Equal(("paused", Now + TimeSpan.FromMinutes(5)), (_gate.Status(Now).State, _gate.Status(Now).Until));
        Assert.Equal("12 attempts in a row failed", _gate.Status(Now).Reason);
    }

    [Fact]
    public void AfterAPause_OneSendTriesIt_AndSuccessOpensIt()
    {
        Fail(3);
        var later = Now + TimeSpan.FromSeconds(5);
        Assert.True(_gate.MaySend(later, inFlight: 0));
        Assert.False(_gate.MaySend(later, inFlight: 1));
        _gate.Observe(DeliveryStatus.Delivered, null, later);
        Assert.True(_gate.MaySend(later, inFlight: 3));
        Assert.Equal("open", _gate.Status(later).State);
    }

    [Fact]
    public void Refusal_OfOneAction_ShowsThatTheEndpointWorks()
    {
        Fail(3);
        _gate.Observe(DeliveryStatus.Failed, null, Now);
        Assert.True(_gate.MaySend(Now, inFlight: 3));
    }

    [Theory]
    [InlineData(60, 60)]
    [InlineData(86_400, 300)]
    public void RetryAfter_PausesTheEndpoint_UpToTheMost(int wish, int expected)
    {
        _gate.Observe(DeliveryStatus.Retry, TimeSpan.FromSeconds(wish), Now);
        Assert.Equal(Now + TimeSpan.FromSeconds(expected), _gate.OpensAt);
        Assert.True(_gate.MaySend(_gate.OpensAt, inFlight: 3));
        Assert.Equal("the receiver asked to wait (Retry-After)", _gate.Status(Now).Reason);
    }

    [Fact]
    public void Disabled_TellsSinceWhenAndWhy_UntilEnabled()
    {
        Fail(3);
        _gate.Disable(new EndpointRow("webhook", Now, "gone"));
        Assert.Equal(("disabled", Now, "gone"), (_gate.Status(Now).State, _gate.Status(Now).Since, _gate.Status(Now).Reason));
        _gate.Enable();
        Assert.Equal("open", _gate.Status(Now).State);
        Assert.True(_gate.MaySend(Now, inFlight: 3));
    }

    private void Fail(int times, Instant? at = null)
    {
        for (var i = 0; i < times; i++) _gate.Observe(DeliveryStatus.Retry, null, at ?? Now);
    }
}
