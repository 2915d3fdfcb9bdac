using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RealtimeInsight.Engine.Storage;

namespace RealtimeInsight.Host.Tests.Composition;

public sealed class EngineServiceTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_ThatFails_LogsTheStackOnlyOfWhatWasNotExpected(bool isExpected)
    {
        using var folder = new TempFolder();
        using var log = new KeptLog();
        Exception fault = isExpected
            ? new StoreVersionException("store.db", "the schema version", 9, 3)
            : new InvalidOperationException("unexpected");
        var settings = HostSettings.Read(new HostArguments { Port = 0, DataDir = folder.Path, NoDemo = true });
        await using var host = InsightHost.Build(settings, TextWriter.Null, services =>
        {
            services.AddSingleton<IEngineLauncher>(new Refusing(fault));
            services.AddSingleton<ILoggerProvider>(log);
        });
        using var limit = new CancellationTokenSource(TestHost.Patience);

        await host.StartAsync(limit.Token);
        await host.WaitForStopAsync(limit.Token);

        var (message, logged) = Assert.Single(log.Critical);
        Assert.Equal(isExpected ? null : fault, logged);
        Assert.Equal(isExpected, message.Contains("start the newer program", StringComparison.Ordinal));
        Assert.Contains(fault.Message, host.Problem, StringComparison.Ordinal);
    }

    private sealed class Refusing(Exception fault) : IEngineLauncher
    {
        public Task<IRunningEngine> StartAsync(CancellationToken cancellationToken) => Task.FromException<IRunningEngine>(fault);
    }

    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<(string Message, Exception? Fault)> Critical { get; } = new();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Critical;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Critical) Critical.Enqueue((formatter(state, exception), exception));
        }

        public void Dispose()
        {
        }
    }
}
