using System.Diagnostics.Metrics;
using Locks.Client.Core;
using Locks.Transport.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Client.Diagnostics;

/// <summary>What a client measures: as its callers see it. Never by key: the number of keys is unbounded.</summary>
internal sealed class ClientMeter : IDisposable
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Locks.Client";

    private readonly KeyGroups _groups;
    private readonly Histogram<double> _acquireDuration;
    private readonly Histogram<double> _holdDuration;
    private readonly Counter<long> _losses;
    private readonly Counter<long> _lateRenewals;

    /// <param name="options">How keys are grouped.</param>
    /// <param name="logger">The log.</param>
    /// <param name="factory">Creates the meter; absent in an application without metrics of its own.</param>
    public ClientMeter(IOptions<LockClientOptions> options, ILogger<ClientMeter> logger, IMeterFactory? factory = null)
    {
        _groups = new KeyGroups(options.Value.KeyGroup, options.Value.MaxKeyGroups, logger.KeyGroupFailed);
        Meter = Measured.CreateMeter(Name, factory, owner: this);
        _acquireDuration = Meter.CreateHistogram(
            "locks.client.acquire.duration", "s", "How long a caller waited for a lock, until it had it or did not", tags: null, Measured.Answers);
        _holdDuration = Meter.CreateHistogram(
            "locks.client.hold.duration", "s", "How long a caller held a lock", tags: null, Measured.Holds);
        _losses = Meter.CreateCounter<long>("locks.client.losses", "{lock}", "Locks that were lost while they were held");
        _lateRenewals = Meter.CreateCounter<long>(
            "locks.client.renewals.late", "{renewal}", "Renewals in the background that were overdue, so that the lock was at risk");
    }

    /// <summary>The meter.</summary>
    public Meter Meter { get; }

    /// <summary>The group of a key; absent when it has none.</summary>
    public string? GroupOf(string key) => _groups.Of(key);

    /// <summary>Measures a call that acquires a lock. Looks at the clock only where that is listened to.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="begun">The clock's timestamp when the call began.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="key">The lock's key.</param>
    public void RecordAcquire(TimeProvider time, long begun, string outcome, string key)
    {
        if (_acquireDuration.Enabled)
            _acquireDuration.Record(time.GetElapsedTime(begun), outcome, _groups.Of(key));
    }

    /// <summary>Measures how long a lock was held. Looks at the clock only where that is listened to.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="since">The clock's timestamp when the caller got the lock.</param>
    /// <param name="outcome">How that ended.</param>
    /// <param name="key">The lock's key.</param>
    public void RecordHold(TimeProvider time, long since, string outcome, string key)
    {
        if (_holdDuration.Enabled)
            _holdDuration.Record(time.GetElapsedTime(since), outcome, _groups.Of(key));
    }

    public void CountLoss(string outcome, string key)
    {
        if (_losses.Enabled)
            _losses.Add(1, outcome, _groups.Of(key));
    }

    /// <param name="key">The lock's key; absent for a shared lease, which may have many locks.</param>
    public void CountLateRenewal(string? key)
    {
        if (_lateRenewals.Enabled)
            _lateRenewals.Add(1, key is null ? null : _groups.Of(key));
    }

    public void Dispose() => Meter.Dispose();
}
