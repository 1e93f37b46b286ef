using System.Diagnostics.Metrics;
using Locks.Transport.Diagnostics;

namespace Locks.Coordinator.Diagnostics;

/// <summary>What a coordinator measures of the decisions that it commits.</summary>
/// <remarks>
/// Of each member of a cohort, as of every grant, so that grants are as many as releases, expiries, revocations and what is held.
/// </remarks>
internal sealed class DecisionMeter(Meter meter)
{
    private readonly Counter<long> _grants = meter.CreateCounter<long>(
        "locks.grants", "{grant}", "Grants, to attempts that found the lock free and to waiters");

    private readonly Counter<long> _denials = meter.CreateCounter<long>(
        "locks.denials", "{attempt}", "Attempts that did not get the lock");

    private readonly Counter<long> _releases = meter.CreateCounter<long>(
        "locks.releases", "{grant}", "Grants that their holder released");

    private readonly Counter<long> _expiries = meter.CreateCounter<long>(
        "locks.expiries", "{grant}", "Grants whose lease ended, or that were not confirmed in time");

    private readonly Counter<long> _revocations = meter.CreateCounter<long>(
        "locks.revocations", "{grant}", "Grants that were taken from their holder");

    private readonly Counter<long> _passedOver = meter.CreateCounter<long>(
        "locks.waiters.passed_over", "{waiter}",
        "Waiters that were not granted when their turn came, because nothing had been heard of their session");

    private readonly Histogram<double> _waitDuration = meter.CreateHistogram(
        "locks.wait.duration", "s", "How long an attempt was in the queue", tags: null, Measured.Holds);

    private readonly Histogram<double> _holdDuration = meter.CreateHistogram(
        "locks.hold.duration", "s", "How long a grant lasted; that of a cohort, all of its members together", tags: null, Measured.Holds);

    private readonly Histogram<int> _queueLength = meter.CreateHistogram(
        "locks.queue.length", "{waiter}", "How many waited for the key when an attempt entered its queue, with that one", tags: null,
        Measured.Lengths);

    /// <summary>Whether anything of this is listened to.</summary>
    public bool IsEnabled =>
        _grants.Enabled || _denials.Enabled || _releases.Enabled || _expiries.Enabled || _revocations.Enabled || _passedOver.Enabled
        || _waitDuration.Enabled || _holdDuration.Enabled || _queueLength.Enabled;

    public void CountGrants(int count, string outcome, string? group) => _grants.Add(count, outcome, group);

    public void CountDenial(string outcome, string? group) => _denials.Add(1, outcome, group);

    public void CountPassedOver(int waiters, string? group) => _passedOver.Add(waiters, group);

    public void CountReleases(int count, string? group) => _releases.Add(count, group);

    public void CountExpiries(int count, string outcome, string? group) => _expiries.Add(count, outcome, group);

    public void CountRevocations(int count, string outcome, string? group) => _revocations.Add(count, outcome, group);

    public void RecordWait(TimeSpan duration, string outcome, string? group) =>
        _waitDuration.Record(duration, outcome, group);

    public void RecordHold(TimeSpan duration, string outcome, string? group) =>
        _holdDuration.Record(duration, outcome, group);

    public void RecordQueueLength(int waiters, string? group)
    {
        if (group is null)
            _queueLength.Record(waiters);
        else
            _queueLength.Record(waiters, new KeyValuePair<string, object?>(Measured.KeyGroup, group));
    }
}
