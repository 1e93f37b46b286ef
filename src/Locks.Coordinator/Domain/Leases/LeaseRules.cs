using System.Collections.Immutable;
using Locks.Contracts;
using Locks.Coordinator.Domain.Rules;

namespace Locks.Coordinator.Domain.Leases;

/// <summary>
/// The rules of the shared lease: pure, like <see cref="LockRules"/>. A lease ends here and nowhere else, and for good; a lock on it is
/// released only once that is stored. So a renewal and an expiry cannot both win, however many coordinators decide at once.
/// </summary>
internal static class LeaseRules
{
    /// <summary>Decides one request.</summary>
    /// <param name="lease">The lease as it is stored.</param>
    /// <param name="request">The request.</param>
    /// <param name="now">The coordinator's time.</param>
    /// <exception cref="LockInvariantException">The rules have a defect.</exception>
    public static LeaseDecision Decide(LeaseState lease, LeaseRequest request, DateTimeOffset now)
    {
        var step = new Step(new LeaseDecision(lease, lease, ImmutableArray<LeaseOutcome>.Empty), now);
        step.ExpireIfDue();
        switch (request)
        {
            case LeaseRequest.Grant grant:
                step.Grant(grant);
                break;
            case LeaseRequest.Renew renew:
                step.Renew(renew);
                break;
            case LeaseRequest.Revoke revoke:
                step.Revoke(revoke);
                break;
            case LeaseRequest.Describe describe:
                step.Describe(describe);
                break;
            case LeaseRequest.ConfirmReleased:
                step.ConfirmReleased();
                break;
            case LeaseRequest.Expire:
                step.Expire();
                break;
            default:
                throw new LockInvariantException($"there is no rule for {request.GetType().Name}");
        }

        return step.Conclude();
    }

    /// <summary>One decision in the making.</summary>
    private sealed class Step(LeaseDecision undecided, DateTimeOffset now)
    {
        private readonly ImmutableArray<LeaseOutcome>.Builder _outcomes = ImmutableArray.CreateBuilder<LeaseOutcome>();
        private LeaseState _lease = undecided.Before;

        public LeaseDecision Conclude() => undecided with { After = _lease, Outcomes = _outcomes.DrainToImmutable() };

        /// <summary>Ends a lease whose time is up before anything else is decided, whether or not a timer said so.</summary>
        public void ExpireIfDue()
        {
            if (_lease is { Stage: LeaseStage.Active, Grant: { } grant } && grant.ExpiresAt <= now)
                End(new LeaseEnd(LossReasons.Expired, By: null, now), grant);
        }

        /// <summary>
        /// A repeat gets the same reply: its sender counts from before the first copy. After the end it grants nothing. A lease that was
        /// granted for less than a copy asks for is described as it is.
        /// </summary>
        public void Grant(LeaseRequest.Grant request)
        {
            if (_lease.Stage == LeaseStage.Unknown)
            {
                var notifyAt = request.ClientId is null ? null : request.ReplyTo;
                var grant = new LeaseGrant(request.Owner, request.ClientId, request.Ttl, now, now + request.Ttl, notifyAt);
                _lease = _lease with { Stage = LeaseStage.Active, Grant = grant };
            }

            _outcomes.Add(_lease is { Stage: LeaseStage.Active, Grant: { } granted }
                ? new LeaseOutcome.Granted(granted.Announced(request.Ttl), request.ReplyTo)
                : new LeaseOutcome.NotFound(request.ReplyTo));
        }

        public void Renew(LeaseRequest.Renew request)
        {
            if (_lease is not { Stage: LeaseStage.Active, Grant: { } grant })
            {
                _outcomes.Add(new LeaseOutcome.NotFound(request.ReplyTo));
                return;
            }

            var renewed = grant.ExtendedTo(now, request.Ttl);
            if (renewed != grant)
                _lease = _lease with { Grant = renewed };
            _outcomes.Add(new LeaseOutcome.Renewed(request.Ttl, request.ReplyTo));
        }

        /// <summary>
        /// A repeat gets the same reply. A lease that is not known is remembered as ended: its request may still be on the way.
        /// </summary>
        public void Revoke(LeaseRequest.Revoke request)
        {
            var end = new LeaseEnd(LossReasons.Revoked, request.By, now);
            switch (_lease)
            {
                case { Stage: LeaseStage.Active, Grant: { } grant }:
                    End(end, grant with { NotifyAt = IsTheOwner(grant, request) ? null : grant.NotifyAt });
                    _outcomes.Add(new LeaseOutcome.Revoked(request.ReplyTo));
                    break;
                case { End.Reason: LossReasons.Revoked, Grant: not null }:
                    _outcomes.Add(new LeaseOutcome.Revoked(request.ReplyTo));
                    break;
                case { Stage: LeaseStage.Unknown }:
                    _lease = _lease with { Stage = LeaseStage.Ended, End = end };
                    _outcomes.Add(new LeaseOutcome.NotFound(request.ReplyTo));
                    break;
                default:
                    _outcomes.Add(new LeaseOutcome.NotFound(request.ReplyTo));
                    break;
            }
        }

        public void Describe(LeaseRequest.Describe request) =>
            _outcomes.Add(_lease is { Stage: LeaseStage.Active, Grant: { } grant }
                ? new LeaseOutcome.Described(grant, grant.ExpiresAt - now, request.ReplyTo)
                : new LeaseOutcome.NotFound(request.ReplyTo));

        /// <summary>As long as locks are left on the lease, they have to be released.</summary>
        public void Expire()
        {
            if (undecided.Before.Stage == LeaseStage.Ending)
                _outcomes.Add(new LeaseOutcome.LocksToRelease());
        }

        public void ConfirmReleased()
        {
            if (_lease.Stage == LeaseStage.Ending)
                _lease = _lease with { Stage = LeaseStage.Ended };
        }

        private void End(LeaseEnd end, LeaseGrant grant)
        {
            _lease = _lease with { Stage = LeaseStage.Ending, End = end };
            if (grant.NotifyAt is { } address)
                _outcomes.Add(new LeaseOutcome.EndNotified(end, address));
            _outcomes.Add(new LeaseOutcome.LocksToRelease());
        }

        /// <summary>The owner that revokes its own lease needs no notification. It asks from the address that it wants to be notified at.</summary>
        private static bool IsTheOwner(LeaseGrant grant, LeaseRequest.Revoke request) =>
            grant.NotifyAt is { } address && address.Address == request.ReplyTo?.Address;
    }
}
