using Locks.Coordinator.Clocks;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inspect;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Deadlocks;

/// <summary>Reads who waits for whom from the store. What it finds is shared by the detector and by all who ask.</summary>
internal sealed class WaitGraphReader
{
    private const int MaxWaits = 20_000;
    private const int MaxBlockers = 10;

    private readonly ILockStore _store;
    private readonly CoordinatorClock _clock;
    private readonly DeadlockOptions _options;
    private readonly SharedAnswer<WaitReport> _shared;
    private IReadOnlyList<Cycle> _known = [];

    public WaitGraphReader(ILockStore store, CoordinatorClock clock, TimeProvider time, IOptions<LockCoordinatorOptions> options)
    {
        (_store, _clock, _options) = (store, clock, options.Value.Deadlocks);
        _shared = new SharedAnswer<WaitReport>(ReadOnceAsync, time);
    }

    /// <summary>Who blocks whom, as of now or of a moment ago.</summary>
    public Task<WaitReport> ReadAsync(CancellationToken cancellationToken) => _shared.GetAsync(cancellationToken);

    private async Task<WaitReport> ReadOnceAsync()
    {
        var now = _clock.Now;
        var waits = await _store.Reader.ListWaitsAsync(now - _options.MinAge, MaxWaits + 1, now, CancellationToken.None).ConfigureAwait(false);
        var graph = new WaitGraph(waits.Take(MaxWaits));
        _known = graph.FindCycles(_known);
        return new WaitReport(
            now,
            _known,
            [.. graph.FindBlockers(MaxBlockers)],
            Math.Min(waits.Count, MaxWaits),
            _options.MinAge,
            _options is { Enabled: true, Break: true },
            waits.Count > MaxWaits);
    }
}
