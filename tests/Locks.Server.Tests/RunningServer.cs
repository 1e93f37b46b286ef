using System.Collections.Concurrent;
using Locks.Server.Commands;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Server.Tests;

/// <summary>The server in this process, on a port that the system chose.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(50);

    private readonly WebApplication _app;
    private readonly Capture _log = new();

    private RunningServer(string[] settings) => _app = ServerHost.Build(settings, _log);

    public string Address => _app.Urls.Single();

    public IReadOnlyCollection<string> Log => _log.Lines;

    /// <summary>What the server is made of.</summary>
    public IServiceProvider Services => _app.Services;

    public static async Task<RunningServer> StartAsync(params string[] settings)
    {
        var hasAddress = settings.Any(setting => setting.StartsWith("--urls=", StringComparison.Ordinal));
        var server = new RunningServer(hasAddress ? settings : ["--urls=http://127.0.0.1:0", .. settings]);
        RunCommand.LogSettings(server._app);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(new Uri(Address), path), TestContext.Current.CancellationToken);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The first answer with the wanted status; the test's own time limit ends the wait.</summary>
    public async Task<string> GetUntilAsync(string path, int status)
    {
        while (true)
        {
            var (now, body) = await GetAsync(path);
            if (now == status)
                return body;

            await Task.Delay(Between, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        // As the server itself ends; with or without a broker, nothing keeps it until its time is up.
        Assert.Equal(CommandLine.Done, await RunCommand.EndAsync(_app, ServerHost.LongestEnd));
    }

    private sealed class Capture : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
