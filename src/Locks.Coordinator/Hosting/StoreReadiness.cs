using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Storage;
using MassTransit.Transports;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Keeps the coordinator's endpoint, and nothing else of the application, from taking messages until the store's tables have the form that
/// this version needs, the store was found able to do what a grant takes (<see cref="StoreProbe"/>), and its time is known. Requests wait in
/// the queue meanwhile, where another coordinator can take them. It only
/// opens: a store that goes away later is tried again message by message. A store without an <see cref="ILockSchema"/> needs no gate.
/// </summary>
internal sealed class StoreReadiness : IReceiveEndpointDependency, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Some drivers go on for a while when they are told to give up.
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(5);

    private readonly ILockStore _store;
    private readonly ILockSchema? _schema;
    private readonly TimeProvider _time;
    private readonly CoordinatorClock _clock;
    private readonly ILogger<StoreReadiness> _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lazy<Task> _ready;

    public StoreReadiness(
        TimeProvider time, CoordinatorClock clock, ILogger<StoreReadiness> logger, ILockStore store, ILockSchema? schema = null)
    {
        _store = store;
        _schema = schema;
        _time = time;
        _clock = clock;
        _logger = logger;
        _ready = new Lazy<Task>(() => schema is null ? Task.CompletedTask : Task.Run(OpenAsync));
    }

    private enum Trouble
    {
        None,
        Unreachable,
        TablesMissing,
    }

    /// <summary>
    /// Completes when the gate is open. The first look begins the checks, so that they do not depend on who starts the bus, nor in which
    /// order.
    /// </summary>
    public Task Ready => _ready.Value;

    public void Dispose()
    {
        // The source is left to the garbage collector, as the checks may be looking at its token.
        _closing.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_ready.IsValueCreated)
            await _ready.Value.WaitAsync(LongestEnd, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task OpenAsync()
    {
        var told = Trouble.None;
        while (await FindTroubleAsync(told).ConfigureAwait(false) is var trouble && trouble != Trouble.None)
        {
            told = trouble;
            await Task.Delay(Interval, _time, _closing.Token).ConfigureAwait(false);
        }

        if (told != Trouble.None)
            _logger.StoreReady();
    }

    /// <summary>Looks once, and tells the log what is new since the last look.</summary>
    private async Task<Trouble> FindTroubleAsync(Trouble told)
    {
        try
        {
            if (await _schema!.IsCurrentAsync(_closing.Token).ConfigureAwait(false))
            {
                await _store.ProbeAsync(_closing.Token).ConfigureAwait(false);
                await _clock.EnsureKnownAsync(_closing.Token).ConfigureAwait(false);
                return Trouble.None;
            }

            if (told != Trouble.TablesMissing)
                _logger.TablesMissing();
            return Trouble.TablesMissing;
        }
        catch (LockStoreUnavailableException unavailable)
        {
            if (told != Trouble.Unreachable)
                _logger.StoreUnreachable(unavailable.Message, unavailable.GetBaseException().Message);
        }
#pragma warning disable CA1031 // A gate that gave up would stay closed for good.
        catch (Exception exception) when (!_closing.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (told != Trouble.Unreachable)
                _logger.StoreNotUnderstood(exception);
        }

        return Trouble.Unreachable;
    }
}
