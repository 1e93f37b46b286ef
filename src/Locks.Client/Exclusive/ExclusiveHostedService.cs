using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Exclusive;

/// <summary>Waits in a lock's queue, runs a service while the lock is held, and waits again when the lock is lost.</summary>
/// <remarks>A <see cref="BackgroundService"/> itself, so that the host treats what the service throws as it does for any other.</remarks>
internal sealed class ExclusiveHostedService<T>(
    string key,
    ExclusiveServiceOptions options,
    ILockClient client,
    IServiceScopeFactory scopes,
    TimeProvider time,
    ILogger<ExclusiveHostedService<T>> logger) : BackgroundService, IHostedLifecycleService
    where T : class, IHostedService
{
    /// <summary>
    /// The key of the service's registration, which keeps it apart from the application's other registrations of its type.
    /// </summary>
    public static readonly object ServiceKey = new();

    // Afterwards the instance joins the queue anew. So one that dies again and again does not fill the queue with its dead attempts.
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);
    private static readonly Task NeverCompletes = new TaskCompletionSource().Task;

    private volatile IServiceProvider? _term;

    private static string Name => typeof(T).Name;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Stops before any other service of the host does: the release of the lock needs the bus.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await RunTermAsync(stoppingToken).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stopped while this instance waited in the queue.
        }
    }

    /// <summary>One term: waits for the lock, runs the service, and releases the lock.</summary>
    /// <returns>Whether there may be another term.</returns>
    private async Task<bool> RunTermAsync(CancellationToken stoppingToken)
    {
        var handle = await WaitForLockAsync(stoppingToken).ConfigureAwait(false);
        logger.TermStarted(Name, key, handle.FencingToken);
        bool isCompleted;
        try
        {
            using var termEnded = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, handle.Lost);
            isCompleted = await RunServiceAsync(handle, termEnded.Token).ConfigureAwait(false);
        }
        finally
        {
            // A lost lock needs no release, which would wait for a coordinator that may not be reachable.
            if (!handle.Lost.IsCancellationRequested)
                await handle.DisposeAsync().ConfigureAwait(false);
        }

        if (isCompleted)
            logger.WorkCompleted(Name, key);
        else if (!stoppingToken.IsCancellationRequested)
            logger.TermLost(Name, key, handle.Loss?.Reason);
        return !isCompleted && !stoppingToken.IsCancellationRequested;
    }

    private async Task<ILockHandle> WaitForLockAsync(CancellationToken stoppingToken)
    {
        var lockOptions = new LockOptions
        {
            Lease = options.Lease,
            Owner = options.Owner,
            AutoRenew = true,
            RenewWhile = options.IsHealthy is { } isHealthy ? token => IsHealthyAsync(isHealthy, token) : null,
        };
        var pause = options.RetryDelay;
        while (true)
        {
            try
            {
                return await client.AcquireAsync(key, MaxWait, lockOptions, stoppingToken).ConfigureAwait(false);
            }
            catch (LockTimeoutException)
            {
                pause = options.RetryDelay;
            }
            catch (Exception exception) when (exception is LockUnavailableException or LockRefusedException)
            {
                logger.AcquireFailed(Name, key, pause, exception);
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
                pause = pause * 2 < ExclusiveServiceOptions.LongestRetryDelay ? pause * 2 : ExclusiveServiceOptions.LongestRetryDelay;
            }
        }
    }

    private Task<bool> IsHealthyAsync(
        Func<IServiceProvider, CancellationToken, Task<bool>> isHealthy, CancellationToken cancellationToken) =>
        _term is { } term ? isHealthy(term, cancellationToken) : Task.FromResult(true);

    /// <summary>Runs a new instance of the service, in a scope of its own, until it has ended.</summary>
    /// <returns>Whether it ended by itself, and not because it was stopped.</returns>
    private async Task<bool> RunServiceAsync(ILockHandle handle, CancellationToken termEnded)
    {
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                scope.ServiceProvider.GetRequiredService<TermAccessor>().Value = new ExclusiveTerm(key, handle.FencingToken, handle.Lost);
                var service = scope.ServiceProvider.GetRequiredKeyedService<T>(ServiceKey);
                _term = scope.ServiceProvider;
                await service.StartAsync(termEnded).ConfigureAwait(false);
                var work = (service as BackgroundService)?.ExecuteTask;
                await (work ?? NeverCompletes).WaitAsync(termEnded).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var isCompleted = !termEnded.IsCancellationRequested;
                await StopServiceAsync(service, work ?? Task.CompletedTask).ConfigureAwait(false);
                return isCompleted;
            }
        }
        catch (OperationCanceledException) when (termEnded.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // The term is over, whatever the service throws when it is stopped. What it throws before goes to the host.
        catch (Exception exception) when (termEnded.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopFailed(Name, exception);
            return false;
        }
        finally
        {
            _term = null;
        }
    }

    /// <summary>Stops the service and waits until it has ended: two of it must never run in this process.</summary>
    private async Task StopServiceAsync(T service, Task work)
    {
        using var timeout = new CancellationTokenSource(options.StopTimeout, time);
        var ended = Task.WhenAll(service.StopAsync(timeout.Token), work);
        await ended.WaitAsync(timeout.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCompleted)
            logger.StopTimedOut(Name, key, options.StopTimeout);
        await ended.ConfigureAwait(false);
    }
}
