using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Exclusive;

/// <summary>Stands in line for a lock, runs a service while it is held, and stands in line again when it is lost.</summary>
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
    /// <summary>Keeps the service apart from whatever else the application registers of its type.</summary>
    public static readonly object ServiceKey = new();

    // Afterwards it stands in line anew, so that an instance that dies again and again does not fill the line with its dead selves.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly Task Never = new TaskCompletionSource().Task;

    private static string Name => typeof(T).Name;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before any service of the host is stopped: the bus has to be there still, or the lock could not be given back.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await HoldTermAsync(stoppingToken).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // While it stood in line.
        }
    }

    /// <summary>One turn: waits for it, runs the service, and gives the lock back.</summary>
    /// <returns>Whether there may be another one.</returns>
    private async Task<bool> HoldTermAsync(CancellationToken stoppingToken)
    {
        var held = await StandInLineAsync(stoppingToken).ConfigureAwait(false);
        logger.TermBegins(Name, key, held.FencingToken);
        bool isDone;
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, held.Lost);
            isDone = await RunServiceAsync(held, over.Token).ConfigureAwait(false);
        }
        finally
        {
            // What is lost needs no giving back, which would have to wait for a coordinator that may be away.
            if (!held.Lost.IsCancellationRequested)
                await held.DisposeAsync().ConfigureAwait(false);
        }

        if (isDone)
            logger.WorkIsDone(Name, key);
        else if (!stoppingToken.IsCancellationRequested)
            logger.TermLost(Name, key, held.Loss?.Reason);
        return !isDone && !stoppingToken.IsCancellationRequested;
    }

    private async Task<ILockHandle> StandInLineAsync(CancellationToken stoppingToken)
    {
        var how = new LockOptions { Lease = options.Lease, Owner = options.Owner, AutoRenew = true };
        var pause = options.RetryDelay;
        while (true)
        {
            try
            {
                return await client.AcquireAsync(key, LongestWait, how, stoppingToken).ConfigureAwait(false);
            }
            catch (LockTimeoutException)
            {
                pause = options.RetryDelay;
            }
            catch (Exception trouble) when (trouble is LockUnavailableException or LockRefusedException)
            {
                logger.CannotStandInLine(Name, key, pause, trouble);
                await Task.Delay(pause, time, stoppingToken).ConfigureAwait(false);
                pause = pause * 2 < ExclusiveServiceOptions.LongestRetryDelay ? pause * 2 : ExclusiveServiceOptions.LongestRetryDelay;
            }
        }
    }

    /// <summary>Runs a service of its own, in a scope of its own, until it has ended.</summary>
    /// <returns>Whether it ended by itself, and not because it was told to.</returns>
    private async Task<bool> RunServiceAsync(ILockHandle held, CancellationToken over)
    {
        try
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                scope.ServiceProvider.GetRequiredService<TermAccessor>().Value = new ExclusiveTerm(key, held.FencingToken, held.Lost);
                var service = scope.ServiceProvider.GetRequiredKeyedService<T>(ServiceKey);
                await service.StartAsync(over).ConfigureAwait(false);
                var work = (service as BackgroundService)?.ExecuteTask;
                await (work ?? Never).WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                var isDone = !over.IsCancellationRequested;
                await StopServiceAsync(service, work ?? Task.CompletedTask).ConfigureAwait(false);
                return isDone;
            }
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
#pragma warning disable CA1031 // The term is over whatever the service makes of being told so; what it throws before is its host's to judge.
        catch (Exception exception) when (over.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.StopFailed(Name, exception);
            return false;
        }
    }

    /// <summary>Stops the service and waits until it has ended: there must never be two of it here.</summary>
    private async Task StopServiceAsync(T service, Task work)
    {
        using var patience = new CancellationTokenSource(options.StopTimeout, time);
        var ended = Task.WhenAll(service.StopAsync(patience.Token), work);
        await ended.WaitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCompleted)
            logger.DoesNotStop(Name, key, options.StopTimeout);
        await ended.ConfigureAwait(false);
    }
}
