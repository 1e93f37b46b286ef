using Microsoft.Extensions.Logging;

namespace Locks.TestKit;

/// <summary>A log provider that throws whenever it is to log.</summary>
/// <param name="category">The beginning of the categories that it throws for; all of them if empty.</param>
public sealed class ThrowingLogs(string category = "") : ILoggerProvider
{
    private int _thrown;

    /// <summary>How often it has thrown.</summary>
    public int Thrown => Volatile.Read(ref _thrown);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName.StartsWith(category, StringComparison.Ordinal));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class Logger(ThrowingLogs logs, bool throws) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => throws;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!throws)
                return;

            Interlocked.Increment(ref logs._thrown);
            throw new InvalidOperationException("The disk of the log is full.");
        }
    }
}
