using System.Runtime.InteropServices;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.Transport.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Diagnostics;

/// <summary>Measures decisions once they are committed. A reply that only repeats an earlier one counts for nothing.</summary>
internal sealed class DecisionMeasurer(
    CoordinatorMeter meter, IOptions<LockCoordinatorOptions> options, ILogger<DecisionMeasurer> logger) : ICommitObserver
{
    private readonly KeyGroups _groups = new(options.Value.KeyGroup, options.Value.MaxKeyGroups, logger.KeyGroupFailed);

    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        if (!meter.Decisions.IsEnabled)
            return;

        var counts = new CommitCounts(meter.Decisions);
        foreach (var decision in decisions)
        {
            if (decision.Outcomes.Length > 0)
                new Measuring(meter.Decisions, ref counts, decision, _groups.Of(decision.After.Key)).MeasureAll();
        }

        counts.AddAll();
    }

    /// <summary>
    /// What every cycle of acquire and release counts. It is summed up while outcome and group stay the same, as they do in most commits: one
    /// measurement for hundreds of locks.
    /// </summary>
    private struct CommitCounts(DecisionMeter meter)
    {
        private string? _grantOutcome;
        private string? _grantGroup;
        private int _grants;
        private string? _releaseGroup;
        private int _releases;

        public void CountGrants(int count, string outcome, string? group)
        {
            if (outcome != _grantOutcome || group != _grantGroup)
                AddGrants();
            (_grantOutcome, _grantGroup) = (outcome, group);
            _grants += count;
        }

        public void CountReleases(int count, string? group)
        {
            if (group != _releaseGroup)
                AddReleases();
            _releaseGroup = group;
            _releases += count;
        }

        public void AddAll()
        {
            AddGrants();
            AddReleases();
        }

        private void AddGrants()
        {
            if (_grants > 0)
                meter.CountGrants(_grants, _grantOutcome!, _grantGroup);
            _grants = 0;
        }

        private void AddReleases()
        {
            if (_releases > 0)
                meter.CountReleases(_releases, _releaseGroup);
            _releases = 0;
        }
    }

    private ref struct Measuring(DecisionMeter meter, ref CommitCounts commit, Decision decision, string? group)
    {
        private readonly ref CommitCounts _commit = ref commit;

        // Those that have left the queue, until a later outcome of the decision tells why. As a rule one, and those of its cohort.
        private List<Waiter>? _left;
        private int _passedOver;

        public void MeasureAll()
        {
            foreach (var outcome in decision.Outcomes)
                Measure(outcome);

            // Nothing follows the exit of a waiter that took its attempt back.
            foreach (var waiter in CollectionsMarshal.AsSpan(_left))
                RecordWait(waiter, DecisionOutcomes.Cancelled);
            if (_passedOver > 0)
                meter.CountPassedOver(_passedOver, group);
        }

        private void Measure(Outcome outcome)
        {
            switch (outcome)
            {
                case Outcome.Enqueued { Waiter: var waiter } when waiter.Ticket > decision.Before.LastTicket:
                    meter.RecordQueueLength(decision.After.Waiters.Count, group);
                    break;
                case Outcome.Dequeued { Waiter: var waiter }:
                    (_left ??= []).Add(waiter);
                    break;
                case Outcome.Granted { Repeated: false } granted:
                    MeasureGrant(granted);
                    break;
                case Outcome.Denied denied:
                    MeasureDenial(denied);
                    break;
                case Outcome.PassedOver { Waiter: var waiter }:
                    _passedOver++;
                    EndWait(waiter.AcquireId, DecisionOutcomes.PassedOver);
                    break;

                // What is cooling down was released before.
                case Outcome.Released { Grant: { Stage: not LockStage.Cooling } grant }:
                    _commit.CountReleases(grant.Attempts, group);
                    RecordHold(grant, DecisionOutcomes.Released);
                    break;
                case Outcome.Expired { Grant: { Stage: not LockStage.Cooling } grant }:
                    meter.CountExpiries(grant.Attempts, DecisionOutcomes.OfExpiry(grant), group);
                    RecordHold(grant, DecisionOutcomes.OfExpiry(grant));
                    break;
                case Outcome.Revoked { Grant: var grant }:
                    meter.CountRevocations(grant.Attempts, DecisionOutcomes.OfStage(grant.Stage), group);
                    if (grant.Stage != LockStage.Cooling)
                        RecordHold(grant, DecisionOutcomes.Revoked);
                    break;
            }
        }

        private void MeasureGrant(Outcome.Granted granted)
        {
            var outcome = granted.Waited is null ? DecisionOutcomes.Immediate : DecisionOutcomes.Queued;
            _commit.CountGrants(granted.Grant.Attempts, outcome, group);
            if (_left is null)
                return;

            foreach (var waiter in _left)
            {
                if (granted.Grant.Has(waiter.AcquireId))
                    RecordWait(waiter, DecisionOutcomes.Granted);
            }

            _left.RemoveAll(waiter => granted.Grant.Has(waiter.AcquireId));
        }

        private void MeasureDenial(Outcome.Denied denied)
        {
            var outcome = DecisionOutcomes.OfDenial(denied.Why);
            EndWait(denied.AcquireId, outcome);

            // A late copy of a request, or the end of an offer that was counted as a grant.
            var before = decision.Before;
            if (before.Ended.Find(denied.AcquireId) is null && before.Holder?.Has(denied.AcquireId) is not true)
                meter.CountDenial(outcome, group);
        }

        private void EndWait(Guid acquireId, string outcome)
        {
            if (_left is not [.., var last] || last.AcquireId != acquireId)
                return;

            _left.RemoveAt(_left.Count - 1);
            RecordWait(last, outcome);
        }

        private readonly void RecordWait(Waiter waiter, string outcome) => meter.RecordWait(Since(waiter.QueuedAt), outcome, group);

        private readonly void RecordHold(Holder grant, string outcome) => meter.RecordHold(Since(grant.GrantedAt), outcome, group);

        private readonly TimeSpan Since(DateTimeOffset begin) => decision.At > begin ? decision.At - begin : TimeSpan.Zero;
    }
}
