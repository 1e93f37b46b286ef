using Microsoft.Extensions.Logging;

namespace Locks.Client.Diagnostics;

/// <summary>
/// A log that throws nothing. The application's log providers may throw, and most of what a client logs comes from work in the background,
/// which has to go on: a lock whose renewal ended there would be lost with its lease.
/// </summary>
/// <param name="logger">The application's log.</param>
internal sealed class NonThrowingLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
#pragma warning disable CA1031 // It is the log that fails, so there is no place to report it.
        catch (Exception)
#pragma warning restore CA1031
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
#pragma warning disable CA1031 // As above. The application's other log providers have been called: Microsoft's logger throws at the end.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
