using Locks.Contracts;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Simulation.Processes;

/// <summary>
/// Tries a message again as the product has MassTransit do it (<see cref="Coordinator.Hosting.Retries"/>), on the process's clock:
/// MassTransit's own retry waits by the system's.
/// </summary>
internal sealed class RetryFilter(TimeProvider time, TimeSpan timeout) : IFilter<ConsumeContext<LockCommands>>
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    public async Task Send(ConsumeContext<LockCommands> context, IPipe<ConsumeContext<LockCommands>> next)
    {
        var pause = TimeSpan.FromMilliseconds(50);
        for (var paused = TimeSpan.Zero; ;)
        {
            try
            {
                await next.Send(context);
                return;
            }
            catch (Exception exception) when (IsPassing(exception) && paused + pause <= timeout)
            {
                await Task.Delay(pause, time);
                paused += pause;
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("retry");

    private static bool IsPassing(Exception? exception) =>
        exception is LockStoreUnavailableException or LockConflictException || (exception?.InnerException is { } inner && IsPassing(inner));
}
