using System.Collections.Immutable;
using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>
/// The rules of the lock: pure, with no clock, no I/O and no randomness of their own. Given a lock, a request and the time, they say what
/// becomes of the lock. Everything that a user may rely on (G1 to G7 in docs/guarantees.md) is decided here.
/// </summary>
public sealed class LockRules
{
    private readonly LockRulesLimits _limits;

    /// <summary>Rules with the given numbers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public LockRules(LockRulesLimits? limits = null)
    {
        _limits = limits ?? new LockRulesLimits();
        _limits.Validate();
    }

    /// <summary>Decides one request.</summary>
    /// <param name="state">The lock as it is stored.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="now">The coordinator's time.</param>
    /// <param name="isSilent">Whether a waiter's session is taken for dead. Default: none is.</param>
    /// <exception cref="LockInvariantException">The rules have a defect.</exception>
    public Decision Decide(LockState state, LockRequest request, DateTimeOffset now, Func<Waiter, bool>? isSilent = null)
    {
        var step = new Step(Decision.Nothing(state), now, _limits, isSilent);
        switch (request)
        {
            case LockRequest.Acquire acquire:
                step.LetTimePass();
                step.Acquire(acquire);
                break;
            case LockRequest.Cancel cancel:
                step.LeaveLine(cancel.AcquireId);
                step.LetTimePass();
                step.Cancel(cancel.AcquireId);
                break;
            case LockRequest.Confirm confirm:
                step.LetTimePass();
                step.Confirm(confirm);
                break;
            case LockRequest.Renew renew:
                step.LetTimePass();
                step.Renew(renew);
                break;
            case LockRequest.Release release:
                step.LetTimePass();
                step.Release(release);
                break;
            case LockRequest.Revoke revoke:
                step.LetTimePass();
                step.Revoke(revoke);
                break;
            case LockRequest.Expire expire:
                if (step.IsAboutTheCurrentGrant(expire))
                    step.LetTimePass();
                break;
            default:
                throw new LockInvariantException($"there is no rule for {request.GetType().Name}");
        }

        return step.Conclude();
    }

    /// <summary>One decision in the making.</summary>
    private sealed class Step(Decision undecided, DateTimeOffset now, LockRulesLimits limits, Func<Waiter, bool>? isSilent)
    {
        // One, as a rule.
        private readonly ImmutableArray<Outcome>.Builder _outcomes = ImmutableArray.CreateBuilder<Outcome>(1);
        private LockState _lock = undecided.Before;
        // As it was asked for something, with all that was due behind it.
        private LockState _asked = undecided.Before;

        public Decision Conclude()
        {
            if (ReferenceEquals(_lock, _asked))
                AnnounceAgain();
            _lock.CheckInvariants();
            return undecided with { After = _lock, Outcomes = _outcomes.DrainToImmutable() };
        }

        public bool IsAboutTheCurrentGrant(LockRequest.Expire expire) => _lock.Holder?.LastFence == expire.FencingToken;

        /// <summary>
        /// Whatever is due has happened before anything else is decided, whether or not a timer said so: correctness rests on the stored
        /// times alone. Waiters go first, so that one whose patience ended with the holder's lease is not granted.
        /// </summary>
        public void LetTimePass()
        {
            var isUntouched = ReferenceEquals(_lock, _asked);
            while (_lock.Waiters.Soonest is { } waiter && waiter.Deadline <= now)
            {
                Dequeue(waiter);
                TurnAway(waiter.AcquireId, Ending.WaitTimedOut, waiter.ReplyTo);
            }

            if (_lock.Holder is { } holder && holder.IsOverAt(now))
            {
                _outcomes.Add(new Outcome.Expired(holder));
                if (holder.SharedLease is { HasEnded: true } lease && lease.OwnerAddress != holder.TellAt?.Address)
                    TellLoss(holder, LossReasons.LeaseEnded, by: null);
                PassOn(holder, Ending.Held);
                TellIfUnconfirmed(holder);
            }

            if (isUntouched)
                _asked = _lock;
        }

        public void Acquire(LockRequest.Acquire request)
        {
            if (_lock.Holder is { } holder && holder.Has(request.AcquireId))
                AnswerAgain(holder, request);
            else if (_lock.Waiters.Find(request.AcquireId) is { } waiter)
                StayInLine(waiter, request);
            else if (_lock.Ended.Find(request.AcquireId) is { } ended)
                Deny(request.AcquireId, Reason(ended.Ending), request.ReplyTo);
            else if (request.OnLease is { } lease && !lease.IsAliveAt(now))
                Deny(request.AcquireId, DenyReasons.LeaseNotFound, request.ReplyTo);
            else if (_lock.Holder is null)
                GrantAtOnce(request);
            else if (request.Wait is null)
                TurnAway(request.AcquireId, Ending.Busy, request.ReplyTo);
            else if (_lock.Waiters.Count >= limits.MaxWaiters)
                TurnAway(request.AcquireId, Ending.QueueFull, request.ReplyTo);
            else
                Enqueue(request, now + request.Wait.Value);
        }

        private void AnswerAgain(Holder holder, LockRequest.Acquire request)
        {
            if (holder.ReleasedAt is null)
                _outcomes.Add(new Outcome.Granted(holder, Waited: null, Repeated: true, request.ReplyTo));
            else
                Deny(request.AcquireId, DenyReasons.Ended, request.ReplyTo);
        }

        /// <summary>Out of the line before time passes, so that what is due now is not granted to an attempt that is being taken back.</summary>
        public void LeaveLine(Guid acquireId)
        {
            if (_lock.Waiters.Find(acquireId) is not { } waiter)
                return;

            Dequeue(waiter);
            Remember(acquireId, Ending.Cancelled);
        }

        /// <summary>
        /// An attempt that nobody has heard of is remembered too: its request may still be on the way. One that was granted together with
        /// others is not ended, because they hold the lock after it; its session passes it over.
        /// </summary>
        public void Cancel(Guid acquireId)
        {
            if (_lock.Holder is { } holder && holder.Has(acquireId))
            {
                if (holder.ReleasedAt is not null || holder.Cohort is not null)
                    return;
                _outcomes.Add(new Outcome.Released(holder, ReplyTo: null));
                PassOn(holder, Ending.Cancelled);
            }
            else if (_lock.Ended.Find(acquireId) is null or { WasTurnedAway: true })
            {
                Remember(acquireId, Ending.Cancelled);
            }
        }

        public void Confirm(LockRequest.Confirm request)
        {
            if (_lock.Holder is { Confirmed: false } holder
                && holder.FenceOf(request.AcquireId) == request.FencingToken)
                _lock = _lock with { Holder = holder.ExtendedTo(now, holder.Lease) };
        }

        public void Renew(LockRequest.Renew request)
        {
            if (_lock.Holder is { ReleasedAt: null } holder && holder.Token == request.Token)
            {
                var renewed = holder.ExtendedTo(now, request.Lease);
                if (renewed != holder)
                    _lock = _lock with { Holder = renewed };
                _outcomes.Add(new Outcome.Renewed(renewed, renewed.SharedLease?.LeftAt(now) ?? request.Lease, request.ReplyTo));
            }
            else
            {
                _outcomes.Add(new Outcome.RenewalRefused(WhyNotHeld(request.Token), request.ReplyTo));
            }
        }

        public void Release(LockRequest.Release request)
        {
            if (_lock.Holder is { } holder && holder.Token == request.Token)
            {
                _outcomes.Add(new Outcome.Released(holder, request.ReplyTo));
                if (holder.ReleasedAt is not null)
                    return;
                if (holder.CooledDown(now, request.Cooldown ?? TimeSpan.Zero) is var kept && kept.ExpiresAt > now)
                    Keep(kept);
                else
                    PassOn(holder, Ending.Held);
            }
            else
            {
                _outcomes.Add(new Outcome.ReleaseRefused(request.ReplyTo));
            }
        }

        /// <summary>
        /// A repeat must not hit the next holder, so a revocation is remembered like an attempt, also one that found nobody. The name of an
        /// attempt that waits can't be used for it: that attempt would be over, and wait all the same.
        /// </summary>
        public void Revoke(LockRequest.Revoke request)
        {
            var earlier = _lock.Ended.Find(request.RevokeId)?.Ending;
            if (earlier == Ending.Revoking)
            {
                _outcomes.Add(new Outcome.RevocationRepeated(request.ReplyTo));
            }
            else if (earlier is null
                && _lock.Waiters.Find(request.RevokeId) is null
                && _lock.Holder is { } holder
                && holder.HasFence(request.FencingToken ?? holder.FencingToken))
            {
                _outcomes.Add(new Outcome.Revoked(holder, request.By, request.ReplyTo));
                if (holder.ReleasedAt is null)
                    TellLoss(holder, LossReasons.Revoked, request.By);
                Remember(request.RevokeId, Ending.Revoking);
                PassOn(holder, Ending.Held);
                TellIfUnconfirmed(holder);
            }
            else
            {
                // One that names a grant can't hit a later one, remembered or not.
                if (earlier is null && _lock.Holder is null && request.FencingToken is null)
                    Remember(request.RevokeId, Ending.RevokingNothing);
                _outcomes.Add(new Outcome.ReleaseRefused(request.ReplyTo));
            }
        }

        private void GrantAtOnce(LockRequest.Acquire request)
        {
            var fence = NextFence();
            Grant(new Holder(
                request.AcquireId, request.Owner, request.NewToken, fence, request.Lease, now,
                request.OnLease?.ExpiresAt ?? now + request.Lease,
                Confirmed: true, request.ClientId, TellAt(request.ClientId, request.ReplyTo), request.OnLease));
            _outcomes.Add(new Outcome.Granted(_lock.Holder!, Waited: null, Repeated: false, request.ReplyTo));
        }

        /// <summary>
        /// Ends the holder's grant and hands the lock to the next in line, and to those who may follow it: one decision, so that nobody can
        /// barge in between.
        /// </summary>
        private void PassOn(Holder holder, Ending ending)
        {
            _lock = _lock with { Holder = null };
            Remember(holder, ending);

            if (NextInLine() is not { } next)
                return;

            Dequeue(next);
            var fence = NextFence();
            var cohort = TakeCohort(next, fence);
            var window = next.Lease < limits.ConfirmationWindow ? next.Lease : limits.ConfirmationWindow;
            Grant(new Holder(
                next.AcquireId, next.Owner, next.Token, fence, next.Lease, now, now + window, Confirmed: false, next.ClientId,
                TellAt(next.ClientId, next.ReplyTo), next.SharedLease, ReleasedAt: null, cohort));
            _outcomes.Add(new Outcome.Granted(_lock.Holder!, next, Repeated: false, next.ReplyTo));
        }

        /// <summary>
        /// The first in line whose session is alive, and whose shared lease is, if it wants one. Those ahead of it have no use for the lock any
        /// more; however many they are, they leave together.
        /// </summary>
        private Waiter? NextInLine()
        {
            if (_lock.Waiters.Head is not { } head || WhyPassedOver(head) is null)
                return _lock.Waiters.Head;

            var passedOver = new List<EndedAttempt>();
            foreach (var waiter in _lock.Waiters.InOrder)
            {
                if (WhyPassedOver(waiter) is not { } ending)
                    break;

                passedOver.Add(new EndedAttempt(waiter.AcquireId, ending, now));
                _outcomes.Add(new Outcome.Dequeued(waiter));
                if (ending == Ending.Silent)
                    _outcomes.Add(new Outcome.PassedOver(waiter));
                else
                    Deny(waiter.AcquireId, Reason(ending), waiter.ReplyTo);
            }

            _lock = _lock with
            {
                Waiters = _lock.Waiters.WithoutFirst(passedOver.Count),
                Ended = _lock.Ended.Remember([.. passedOver.TakeLast(limits.AttemptsRemembered)], limits),
            };
            return _lock.Waiters.Head;
        }

        private Ending? WhyPassedOver(Waiter waiter) =>
            waiter.SharedLease?.IsAliveAt(now) is false ? Ending.LeaseNotFound
            : isSilent?.Invoke(waiter) is true ? Ending.Silent
            : null;

        /// <summary>Those who stand right behind the next one in line and may hold the lock after it, as far as they stand in a row.</summary>
        private Cohort? TakeCohort(Waiter first, long fence)
        {
            var waiters = _lock.Waiters.InOrder.Take(limits.MaxCohort - 1).TakeWhile(first.MayShareCohortWith).ToList();
            if (waiters.Count == 0)
                return null;

            waiters.ForEach(Dequeue);
            return new Cohort([.. waiters.Select(waiter => new CohortMember(waiter.AcquireId, ++fence))]);
        }

        /// <summary>The attempt is over, but nobody else gets the lock yet.</summary>
        private void Keep(Holder holder) => _lock = _lock with { Holder = holder };

        private void TellLoss(Holder holder, string why, string? by)
        {
            if (holder.TellAt is { } address)
                _outcomes.Add(new Outcome.LossTold(holder, why, by, address));
        }

        /// <summary>
        /// The word of a grant out of the line may have been lost with the coordinator that committed it. What brought the grant about is then
        /// delivered again and changes nothing, like every other copy, whatever time has changed meanwhile: whoever has not confirmed yet is told
        /// once more.
        /// </summary>
        private void AnnounceAgain()
        {
            if (_lock.Holder is { Confirmed: false, TellAt: { } address } holder && !_outcomes.Any(outcome => outcome is Outcome.Granted))
                _outcomes.Add(new Outcome.Granted(holder, Waited: null, Repeated: true, address));
        }

        /// <summary>
        /// Whoever has not confirmed may never have heard of the grant, and would wait for it. Those who were granted together asked under the
        /// names of their attempts.
        /// </summary>
        private void TellIfUnconfirmed(Holder holder)
        {
            if (holder is not { Confirmed: false, TellAt: { } address })
                return;

            Deny(holder.AcquireId, DenyReasons.Ended, address);
            foreach (var member in holder.Cohort?.Items ?? [])
                Deny(member.AcquireId, DenyReasons.Ended, address with { RequestId = member.AcquireId });
        }

        private void Grant(Holder holder) => _lock = _lock with { Holder = holder, LastFence = holder.LastFence };

        /// <summary>
        /// Strictly above the last one, and above every one that a purged row of this key may have had: the time in microseconds is the
        /// floor, and no key is granted more often than once a microsecond for long.
        /// </summary>
        private long NextFence() => Math.Max(_lock.LastFence + 1, Micros(now));

        private void Enqueue(LockRequest.Acquire request, DateTimeOffset deadline)
        {
            var waiter = new Waiter(
                _lock.LastTicket + 1, request.AcquireId, request.Owner, request.NewToken, request.Lease, now, deadline,
                request.ClientId, request.ReplyTo, request.OnLease, request.MayJoinCohort);
            _lock = _lock with { LastTicket = waiter.Ticket, Waiters = _lock.Waiters.Add(waiter) };
            _outcomes.Add(new Outcome.Enqueued(waiter));
            ReportRank(waiter, request);
        }

        /// <summary>A repeat keeps its place; the grant goes to whoever asked last, because an earlier asker may have given up.</summary>
        private void StayInLine(Waiter waiter, LockRequest.Acquire request)
        {
            if (waiter.ReplyTo != request.ReplyTo)
            {
                var moved = waiter with { ReplyTo = request.ReplyTo };
                _lock = _lock with { Waiters = _lock.Waiters.Replace(waiter, moved) };
                _outcomes.Add(new Outcome.Enqueued(moved));
            }

            ReportRank(waiter, request);
        }

        private void Dequeue(Waiter waiter)
        {
            _lock = _lock with { Waiters = _lock.Waiters.Remove(waiter) };
            _outcomes.Add(new Outcome.Dequeued(waiter));
        }

        private void ReportRank(Waiter waiter, LockRequest.Acquire request)
        {
            if (request.NotifyQueued)
                _outcomes.Add(new Outcome.RankReported(
                    waiter.AcquireId, _lock.Waiters.RankOf(waiter), _lock.Holder, RetryAfter(), request.ReplyTo));
        }

        private void TurnAway(Guid acquireId, Ending ending, ReplyTo replyTo)
        {
            Remember(acquireId, ending);
            Deny(acquireId, Reason(ending), replyTo);
        }

        private void Deny(Guid acquireId, string why, ReplyTo replyTo) =>
            _outcomes.Add(new Outcome.Denied(acquireId, why, _lock.Holder, RetryAfter(), replyTo));

        private TimeSpan? RetryAfter() =>
            _lock.Holder is not { } holder ? null : holder.ExpiresAt > now ? holder.ExpiresAt - now : TimeSpan.Zero;

        private string WhyNotHeld(OwnerToken token) =>
            undecided.Before.Holder is { ReleasedAt: null } before && before.Token == token
                ? before.SharedLease is { HasEnded: true } ? LossReasons.LeaseEnded : LossReasons.Expired
            : _lock.Holder is { } holder && holder.Token != token ? LossReasons.Superseded
            : LossReasons.NotHeld;

        /// <summary>Who did not name a session uses a plain request client, which has no use for what it did not ask for.</summary>
        private static ReplyTo? TellAt(string? clientId, ReplyTo replyTo) => clientId is null ? null : replyTo;

        private void Remember(Guid acquireId, Ending ending) =>
            _lock = _lock with { Ended = _lock.Ended.Remember(new EndedAttempt(acquireId, ending, now), limits) };

        private void Remember(Holder holder, Ending ending)
        {
            if (holder.Cohort is not { Items: var cohort })
            {
                Remember(holder.AcquireId, ending);
                return;
            }

            EndedAttempt[] attempts =
            [
                new(holder.AcquireId, ending, now),
                .. cohort.Select(member => new EndedAttempt(member.AcquireId, ending, now)),
            ];
            _lock = _lock with { Ended = _lock.Ended.Remember(attempts, limits) };
        }

        private static string Reason(Ending ending) => ending switch
        {
            Ending.Busy => DenyReasons.Busy,
            Ending.QueueFull => DenyReasons.QueueFull,
            Ending.WaitTimedOut => DenyReasons.WaitTimedOut,
            Ending.LeaseNotFound => DenyReasons.LeaseNotFound,
            _ => DenyReasons.Ended,
        };
    }

    /// <summary>Microseconds since the Unix epoch.</summary>
    public static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
