namespace RealtimeInsight.Cli.Bench.Http;

/// <summary>Closed-loop load: each connection on a thread of its own sends its requests one after the other.</summary>
internal sealed class HttpLoad(Uri address, TimeProvider time)
{
    /// <param name="requests">For each connection its requests, each with so many events.</param>
    public HttpRate Run(IReadOnlyList<IReadOnlyList<(byte[] Bytes, int Events)>> requests)
    {
        var connections = requests.Select(_ => new HttpConnection(address)).ToArray();
        var latencies = requests.Select(list => new double[list.Count]).ToArray();
        var client = new double[connections.Length];
        var faults = new Exception?[connections.Length];
        try
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var events = requests.Sum(list => list.Sum(static request => (long)request.Events));
            var bytes = requests.Sum(list => list.Sum(static request => (long)request.Bytes.Length));
            var allocated = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = Environment.CpuUsage.TotalTime;
            var started = time.GetTimestamp();
            var threads = connections.Select((connection, i) => new Thread(
                () => Send(connection, requests[i], latencies[i], out client[i], out faults[i]))).ToArray();
            foreach (var thread in threads) thread.Start();
            foreach (var thread in threads) thread.Join();
            var seconds = time.GetElapsedTime(started).TotalSeconds;
            var used = (Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds;
            if (faults.FirstOrDefault(static fault => fault is not null) is { } fault) throw CliException.Failure(fault.Message, fault);
            return new HttpRate(
                events / seconds, used / events, client.Sum() / events,
                (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)events, bytes / (double)events,
                new LatencyProfile(latencies.SelectMany(static list => list)));
        }
        finally
        {
            foreach (var connection in connections) connection.Dispose();
        }
    }

    private void Send(
        HttpConnection connection, IReadOnlyList<(byte[] Bytes, int Events)> requests, double[] latencies, out double cpu,
        out Exception? fault)
    {
        var before = ThreadCpu.Microseconds();
        fault = null;
        try
        {
            for (var i = 0; i < requests.Count; i++)
            {
                var started = time.GetTimestamp();
                connection.Post(requests[i].Bytes, requests[i].Events);
                latencies[i] = time.GetElapsedTime(started).TotalMilliseconds;
            }
        }
        catch (Exception stop) when (stop is CliException or System.Net.Sockets.SocketException)
        {
            fault = stop;
        }

        cpu = ThreadCpu.Microseconds() - before;
    }
}

/// <param name="CpuMicroseconds">Processor time of the whole process for one event.</param>
/// <param name="ClientCpuMicroseconds">The sending threads' part of it; NaN where the system does not tell.</param>
/// <param name="AllocatedBytes">Managed bytes for one event.</param>
/// <param name="JsonBytes">Bytes on the wire for one event, heads included.</param>
/// <param name="Requests">Round trips.</param>
internal sealed record HttpRate(
    double EventsPerSecond, double CpuMicroseconds, double ClientCpuMicroseconds, double AllocatedBytes, double JsonBytes,
    LatencyProfile Requests);
