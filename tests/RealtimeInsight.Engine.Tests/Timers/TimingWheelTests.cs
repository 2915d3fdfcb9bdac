using FsCheck;
using FsCheck.Fluent;
using RealtimeInsight.Engine.Timers;

namespace RealtimeInsight.Engine.Tests.Timers;

public sealed class TimingWheelTests
{
    private static readonly int[] Spans = [1, 60, 70, 5_000, 300_000, 30_000_000, int.MaxValue];

    [Fact]
    public void TryPop_OfManyEntries_GivesEachOnceInOrderOfDueTime()
    {
        var wheel = new TimingWheel(1_700_000_000_000);
        var random = new Random(42);
        var expected = new List<(long Due, int Id)>();
        for (var id = 0; id < 20_000; id++)
        {
            var due = wheel.Now + 1 + random.Next(Spans[id % Spans.Length]);
            wheel.Arm(id, due);
            expected.Add((due, id));
        }

        var popped = new List<(long Due, int Id)>();
        while (wheel.TryPop(long.MaxValue, out var id, out var due)) popped.Add((due, id));
        Assert.Equal(expected.Select(e => e.Due).Order(), popped.Select(e => e.Due));
        Assert.Equal(expected.Order(), popped.Order());
        Assert.Equal(0, wheel.Count);
    }

    [Fact]
    public void TurnBack_KeepsEveryEntry_InOrderOfDueTime()
    {
        var wheel = new TimingWheel(1_700_000_000_000);
        var random = new Random(7);
        for (var id = 0; id < 2_000; id++) wheel.Arm(id, 1_690_000_000_000 + random.NextInt64(20_000_000_000));
        wheel.TurnBack(1_680_000_000_000);
        Assert.Equal(2_000, wheel.Count);
        Assert.False(wheel.TryPop(1_685_000_000_000, out _, out _));
        var popped = new List<long>();
        while (wheel.TryPop(long.MaxValue, out _, out var due)) popped.Add(due);
        Assert.Equal(2_000, popped.Count);
        Assert.Equal(popped.Order(), popped);
    }

    [Fact]
    public void TryPop_BeforeTheDueTime_GivesNothing()
    {
        var wheel = new TimingWheel(100);
        wheel.Arm(3, 164);
        Assert.False(wheel.TryPop(163, out _, out _));
        Assert.Equal(163, wheel.Now);
        Assert.True(wheel.TryPop(164, out var id, out var due));
        Assert.Equal((3, 164L), (id, due));
    }

    [Fact]
    public void Arm_OfAnArmedId_MovesIt()
    {
        var wheel = new TimingWheel();
        wheel.Arm(1, 500);
        wheel.Arm(1, 200);
        Assert.Equal((1, 200L), (wheel.Count, wheel.DueOf(1)));
        Assert.True(wheel.TryPop(1_000, out _, out var due));
        Assert.Equal(200, due);
        Assert.False(wheel.TryPop(1_000, out _, out _));
    }

    [Fact]
    public void Arm_InThePast_FiresAtTheNextLook_InTheOrderOfArming()
    {
        var wheel = new TimingWheel(1_000);
        wheel.Arm(5, 900);
        wheel.Arm(4, 800);
        Assert.Equal(1_000, wheel.NextLook());
        Assert.True(wheel.TryPop(1_000, out var first, out _));
        Assert.True(wheel.TryPop(1_000, out var second, out _));
        Assert.Equal((5, 4), (first, second));
    }

    [Fact]
    public void Arm_BeyondTheLastTick_IsHeldThere()
    {
        var wheel = new TimingWheel(1_700_000_000_000);
        wheel.Arm(0, long.MaxValue - 1);
        Assert.Equal(TimingWheel.DueMax, wheel.DueOf(0));
        Assert.True(wheel.TryPop(long.MaxValue, out _, out _));
    }

    [Fact]
    public void NextLook_WithNothingArmed_IsNever()
    {
        var wheel = new TimingWheel();
        Assert.Equal(long.MaxValue, wheel.NextLook());
        wheel.Arm(0, 10);
        Assert.True(wheel.Disarm(0));
        Assert.False(wheel.Disarm(0));
        Assert.Equal(long.MaxValue, wheel.NextLook());
        Assert.Equal(long.MaxValue, wheel.DueOf(0));
    }

    [Fact]
    public void NextLook_OfAFarEntry_LooksEarlyAtMostOnceALevel()
    {
        var wheel = new TimingWheel(1_699_999_999_999);
        wheel.Arm(0, 1_731_536_000_123);
        var looks = 0;
        while (!wheel.TryPop(wheel.NextLook(), out _, out _)) looks++;
        Assert.InRange(looks, 0, 8);
    }

    /// <summary>Law: whatever is armed, moved, disarmed and looked at, the wheel behaves as a list sorted by due time does.</summary>
    [Fact]
    public void Wheel_UnderRandomOperations_BehavesAsASortedList()
    {
        var operation = from kind in Gen.Choose(0, 9)
                        from id in Gen.Choose(0, 40)
                        from scale in Gen.Elements(Spans)
                        from amount in Gen.Choose(-100, 100)
                        select (kind, id, span: scale / 100L * amount + amount);
        Prop.ForAll(Arb.From(operation.ListOf()), operations => AssertBehavesAsAList([.. operations]))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));
    }

    private static void AssertBehavesAsAList((int Kind, int Id, long Span)[] operations)
    {
        var wheel = new TimingWheel(1_700_000_000_000);
        var list = new Dictionary<int, long>();
        var now = wheel.Now;
        foreach (var (kind, id, span) in operations)
        {
            if (kind < 6)
            {
                wheel.Arm(id, now + span);
                list[id] = now + span;
            }
            else if (kind == 6)
            {
                Assert.Equal(list.Remove(id), wheel.Disarm(id));
            }
            else
            {
                now += Math.Abs(span);
                var last = long.MinValue;
                var overdue = list.Values.Count(due => due <= wheel.Now);
                while (wheel.TryPop(now, out var popped, out var due))
                {
                    Assert.True(list.Remove(popped, out var expected));
                    Assert.Equal(expected, due);
                    Assert.True(due <= now);
                    if (overdue-- <= 0)
                    {
                        Assert.True(due >= last);
                        last = due;
                    }
                }

                Assert.DoesNotContain(list.Values, due => due <= now);
                Assert.Equal(now, wheel.Now);
            }

            Assert.Equal(list.Count, wheel.Count);
            Assert.True(wheel.NextLook() <= Math.Max(now, list.Values.DefaultIfEmpty(long.MaxValue).Min()));
        }
    }
}
