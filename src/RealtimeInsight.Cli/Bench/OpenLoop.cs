namespace RealtimeInsight.Cli.Bench;

/// <summary>
/// Sends at a fixed rate, whatever the answers do, and takes each latency from the moment at which its send was due: a stall counts for
/// everything that it holds up (no coordinated omission).
/// </summary>
internal sealed class OpenLoop(TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    /// <param name="perSecond">Sends a second.</param>
    /// <param name="count">Sends in all.</param>
    /// <param name="send">Begins a send; completes with its answer.</param>
    public async Task<OpenLoopResult> RunAsync(
        double perSecond, int count, Func<int, ValueTask> send, CancellationToken cancellationToken)
    {
        var latencies = new double[count];
        var lateness = new double[count];
        var answers = new double[count];
        var open = new CountdownEvent(count);
        Exception? fault = null;
        var started = time.GetTimestamp();
        await Task.Factory.StartNew(Pace, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        await Task.Run(() => open.Wait(cancellationToken), cancellationToken).ConfigureAwait(false);
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        if (fault is not null) throw CliException.Failure($"a send failed, so that there is no figure: {fault.Message}", fault);
        return new OpenLoopResult(
            count / seconds, new LatencyProfile(latencies), new LatencyProfile(lateness), new LatencyProfile(answers));

        void Pace()
        {
            for (var i = 0; i < count;)
            {
                var due = Due(i);
                var now = time.GetElapsedTime(started);
                if (now < due)
                {
                    // A thread that spins would take a processor from what is measured.
                    if (cancellationToken.IsCancellationRequested) return;
                    ShortWait.For(due - now < s_look ? due - now : s_look, cancellationToken);
                    continue;
                }

                lateness[i] = (now - due).TotalMilliseconds;
                _ = SendAsync(i++);
            }
        }

        async Task SendAsync(int i)
        {
            try
            {
                var sent = time.GetElapsedTime(started);
                await send(i).ConfigureAwait(false);
                var answered = time.GetElapsedTime(started);
                latencies[i] = (answered - Due(i)).TotalMilliseconds;
                answers[i] = (answered - sent).TotalMilliseconds;
            }
            catch (Exception thrown)
            {
                // Told by the caller of the loop, when all sends have ended.
                Interlocked.CompareExchange(ref fault, thrown, null);
            }
            finally
            {
                open.Signal();
            }
        }

        TimeSpan Due(int i) => TimeSpan.FromSeconds(i / perSecond);
    }
}

/// <param name="PerSecond">Sends a second that were answered.</param>
/// <param name="Latencies">From the moment a send was due to its answer.</param>
/// <param name="Lateness">From the moment a send was due to the send: what the sender itself adds.</param>
/// <param name="Answers">From the send to its answer: what a stall holds up before it is sent is not in it.</param>
internal sealed record OpenLoopResult(double PerSecond, LatencyProfile Latencies, LatencyProfile Lateness, LatencyProfile Answers)
{
    /// <summary>Tells the latencies and what the sender's own clock adds to them.</summary>
    /// <param name="what">What a latency spans.</param>
    /// <param name="sender">Who sends.</param>
    public void ReportTo(BenchReport report, string what, string sender)
    {
        report.Add("p50_ms", Latencies.At(0.5), what);
        report.Add("p99_ms", Latencies.At(0.99), "the same");
        report.Add("p999_ms", Latencies.At(0.999), "the same");
        report.Add("sender_late_p50_ms", Lateness.At(0.5), $"what the {sender}'s own clock adds to each of them");
        report.Add("sender_late_p99_ms", Lateness.At(0.99), "the same");
        report.Add("answer_p50_ms", Answers.At(0.5), "from the send to its answer, the sender's lateness left out");
        report.Add("answer_p99_ms", Answers.At(0.99), "the same");
    }
}
