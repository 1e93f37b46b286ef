using System.Collections.Concurrent;
using Locks.Tests;
using Xunit;

[assembly: AssemblyFixture(typeof(UnobservedExceptions))]

namespace Locks.Tests;

/// <summary>
/// Fails the run when a task failed in the course of any test and no code ever looked at its exception. In an application such a failure is
/// reported by the garbage collector at best, long after.
/// </summary>
internal sealed class UnobservedExceptions : IDisposable
{
    private static readonly string[] Code = ["Locks.Admin", "Locks.Client", "Locks.Coordinator", "Locks.Transport", "Locks.Storage", "Locks.Server"];

    private readonly ConcurrentQueue<Exception> _unobserved = [];

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += OnUnobserved;

    public void Dispose()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        if (!_unobserved.IsEmpty)
            throw new AggregateException("Tasks have failed whose exceptions were never observed.", _unobserved);
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        if (unobserved.Exception.Flatten().InnerExceptions.Any(exception => IsOfLocks(exception) && !IsOfACallThatATestLeftBehind(exception)))
            _unobserved.Enqueue(unobserved.Exception);
    }

    /// <summary>
    /// Whether the task is one of Locks', by the outermost method that the exception came through. MassTransit and RabbitMQ.Client leave many
    /// of their own unobserved.
    /// </summary>
    private static bool IsOfLocks(Exception exception)
    {
        var outermost = exception.StackTrace?.Split('\n').LastOrDefault(line => line.TrimStart().StartsWith("at ", StringComparison.Ordinal));
        return outermost is not null && Code.Any(name => outermost.Contains($" at {name}.", StringComparison.Ordinal));
    }

    /// <summary>Many a test has callers wait for a lock and ends without looking at them again. The end of the bus ends them.</summary>
    private static bool IsOfACallThatATestLeftBehind(Exception exception) =>
        exception.GetType().Name == "LockUnavailableException" && exception.Message.Contains("has been stopped", StringComparison.Ordinal);
}
