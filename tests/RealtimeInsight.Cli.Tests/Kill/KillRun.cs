using System.Diagnostics;
using Xunit.Abstractions;

namespace RealtimeInsight.Cli.Tests.Kill;

/// <summary>The moments at which a process is killed.</summary>
internal enum KillMoment
{
    /// <summary>Anywhere between its first instruction and being ready.</summary>
    Start,

    /// <summary>While it listens and brings its customers back.</summary>
    Recovery,

    /// <summary>While batches are being committed.</summary>
    Commit,

    /// <summary>After an action has arrived at the receiver, before its answer has arrived back.</summary>
    DeliveryUnanswered,

    /// <summary>Right after an action has been answered.</summary>
    DeliveryAnswered,
}

/// <summary>Starts the process over one data folder again and again, each time with the load on, and kills it.</summary>
internal sealed class KillRun(string dataDir, string policy, ActionReceiver receiver, KillLoad load, Random draw, ITestOutputHelper output)
{
    private const int BatchesPerLife = 30;
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly string[] s_saveIntervals = ["00:00:00.100", "00:00:01", "00:00:10"];
    private TimeSpan _startTime = TimeSpan.FromSeconds(1);
    private TimeSpan _recoveryTime = TimeSpan.FromMilliseconds(100);

    /// <summary>How often each moment was taken.</summary>
    public Dictionary<KillMoment, int> Moments { get; } = [];

    /// <summary>Settings of every process of a run: short spans, keys, and where actions go.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(ActionReceiver receiver, string saveInterval) =>
    [
        ("REALTIME_INSIGHT_Intake__WriteKeys__0", KillLoad.WriteKey),
        // On a busy machine a commit may take long; a sender that is told so rests until the next life.
        ("REALTIME_INSIGHT_Intake__CommitWaitMax", "00:05:00"),
        ("REALTIME_INSIGHT_Api__ReadKeys__0", CustomerFacts.ReadKey),
        ("REALTIME_INSIGHT_Customer__CartAtRiskAfter", "00:00:02"),
        ("REALTIME_INSIGHT_Customer__CartAbandonedAfter", "00:00:04"),
        ("REALTIME_INSIGHT_Engine__SaveInterval", saveInterval),
        ("REALTIME_INSIGHT_Channels__Webhook__Url", receiver.Url.ToString()),
        ("REALTIME_INSIGHT_Channels__Webhook__AllowHosts__0", receiver.Url.Host),
        ("REALTIME_INSIGHT_Channels__Webhook__Secrets__0", "whsec_" + Convert.ToBase64String(new byte[32])),
    ];

    public async Task KillAsync(int kills)
    {
        for (var kill = 0; kill < kills; kill++)
        {
            // The first life is a whole one: it tells how long a start takes.
            var moment = kill == 0 ? KillMoment.Commit : (KillMoment)draw.Next(5);
            Moments[moment] = Moments.GetValueOrDefault(moment) + 1;
            await using var host = Launch(s_saveIntervals[draw.Next(s_saveIntervals.Length)]);
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            receiver.Hold = moment == KillMoment.DeliveryUnanswered ? release.Task : null;
            await WaitForAsync(moment, host);
            Assert.False(host.EndsWithin(TimeSpan.FromMilliseconds(draw.Next(6))), $"the process ended by itself:\n{host.Output}");
            await host.KillAsync();
            release.SetResult();
            receiver.Hold = null;
        }
    }

    /// <summary>A life that is not cut short: what is left is sent, and the process keeps running.</summary>
    public async Task<RunningHost> LastLifeAsync()
    {
        var host = Launch(s_saveIntervals[1]);
        await host.ReadyAsync();
        await load.EndAsync(new Uri(host.Address)).WaitAsync(s_patience);
        return host;
    }

    private RunningHost Launch(string saveInterval) =>
        RunningHost.Launch(dataDir, ["--no-demo", "--policy", policy], Settings(receiver, saveInterval));

    private async Task WaitForAsync(KillMoment moment, RunningHost host)
    {
        var started = Stopwatch.GetTimestamp();
        switch (moment)
        {
            case KillMoment.Start:
                Pass(host, _startTime);
                return;
            case KillMoment.Recovery:
                await host.Listening.WaitAsync(s_patience);
                Pass(host, _recoveryTime);
                return;
        }

        await host.Listening.WaitAsync(s_patience);
        var listened = Stopwatch.GetTimestamp();
        await host.ReadyAsync();
        (_startTime, _recoveryTime) = (Stopwatch.GetElapsedTime(started), Stopwatch.GetElapsedTime(listened));
        var requests = receiver.RequestsAsync(1 + draw.Next(8));
        var acks = load.AcksAsync(draw.Next(BatchesPerLife));
        load.Publish(new Uri(host.Address), BatchesPerLife);
        await WaitForAsync(moment, host, moment == KillMoment.Commit ? acks : requests);
        output.WriteLine(
            $"{moment}: ready in {_startTime.TotalMilliseconds:0} ms, of which recovery {_recoveryTime.TotalMilliseconds:0} ms");
    }

    /// <summary>Fails at once, with the reason, when a sender failed or the process ended: what is awaited cannot come then.</summary>
    private async Task WaitForAsync(KillMoment moment, RunningHost host, Task awaited)
    {
        try
        {
            await load.WhileSendingAsync(Task.WhenAny(awaited, host.Ended).Unwrap()).WaitAsync(s_patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{moment} did not come within {s_patience}: {load.Standing}; the process says:\n{host.Output}");
        }
    }

    /// <summary>Lets a random part of a span pass.</summary>
    private void Pass(RunningHost host, TimeSpan most) =>
        Assert.False(host.EndsWithin(most * draw.NextDouble()), $"the process ended by itself:\n{host.Output}");
}
