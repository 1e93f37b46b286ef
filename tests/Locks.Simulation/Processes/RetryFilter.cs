using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Context;

namespace Locks.Simulation.Processes;

/// <summary>
/// Tries a message again as the product has MassTransit do it (<see cref="Coordinator.Hosting.Retries"/>), on the process's clock:
/// MassTransit's own retry waits by the system's.
/// </summary>
internal sealed class RetryFilter<T>(TimeProvider time, TimeSpan timeout) : IFilter<ConsumeContext<T>>
    where T : class
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        for (var paused = TimeSpan.Zero; ;)
        {
            try
            {
                await next.Send(new Attempt(context));
                return;
            }
            catch (Exception exception) when (IsPassing(exception) && paused + pause <= timeout)
            {
                await Task.Delay(pause, time);
                paused += pause;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
            catch (Exception exception)
            {
                await context.NotifyFaulted(context, TimeSpan.Zero, nameof(RetryFilter<T>), exception);
                throw;
            }
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("retry");

    private static bool IsPassing(Exception? exception) =>
        exception is LockStoreUnavailableException or LockConflictException || (exception?.InnerException is { } inner && IsPassing(inner));

    /// <summary>A client is not told of an attempt that failed: another one follows.</summary>
    private sealed class Attempt(ConsumeContext<T> context) : ConsumeContextProxy<T>(context)
    {
        public override Task NotifyFaulted<TMessage>(
            ConsumeContext<TMessage> context, TimeSpan duration, string consumerType, Exception exception) =>
            Task.CompletedTask;
    }
}
