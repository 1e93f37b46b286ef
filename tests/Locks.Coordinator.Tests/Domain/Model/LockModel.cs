using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;

namespace Locks.Coordinator.Tests.Domain.Model;

/// <summary>
/// What the promises allow, kept in plain lists: follows a lock by the outcomes of its decisions alone, objects to an outcome that breaks
/// a promise, and to a state that is not what the outcomes add up to.
/// </summary>
internal sealed class LockModel(LockRulesLimits limits)
{
    private readonly List<Waiter> _queue = [];
    private readonly Dictionary<Guid, string> _over = [];
    private readonly Dictionary<Guid, Holder> _grants = [];
    private readonly Dictionary<Guid, bool> _revocations = [];
    private readonly HashSet<Guid> _released = [];
    private readonly Dictionary<Guid, LeaseSnapshot> _leases = [];
    private readonly HashSet<string> _seen = [];
    private Holder? _holder;
    private readonly List<Waiter> _leaving = [];
    private readonly List<Outcome.Denied> _endsToTell = [];
    private IReadOnlySet<string?> _silent = new HashSet<string?>();
    private Outcome.LossNotified? _toTell;
    private Waiter? _cancelled;
    private long _highestFence;
    private long _highestTicket;

    /// <summary>The situations that have come up.</summary>
    public IReadOnlyCollection<string> Seen => _seen;

    public Holder? GrantOf(Guid attempt) => _grants.GetValueOrDefault(attempt);

    public bool IsOver(Guid attempt) => _over.ContainsKey(attempt);

    /// <summary>The situations that there is a request of a type, or an outcome.</summary>
    public static IEnumerable<string> RequestsAndOutcomes =>
        typeof(LockRequest).GetNestedTypes().Concat(typeof(Outcome).GetNestedTypes()).Select(NameOf);

    /// <summary>A lease is stored, perhaps anew.</summary>
    public void Learn(LeaseSnapshot lease)
    {
        _leases[lease.Id] = lease;
        for (var i = 0; i < _queue.Count; i++)
        {
            if (_queue[i].Lease?.Id == lease.Id)
                _queue[i] = _queue[i] with { Lease = lease };
        }

        if (_holder is { Lease: { } old } holder && old.Id == lease.Id)
            _holder = holder with { Lease = lease, ExpiresAt = holder.Stage == LockStage.Offered ? holder.ExpiresAt : lease.ExpiresAt };
    }

    public void Check(LockRequest request, DateTimeOffset now, Decision decision, IReadOnlySet<string?> silent)
    {
        var before = _holder;
        _silent = silent;
        See(NameOf(request.GetType()));
        foreach (var outcome in decision.Outcomes)
        {
            See(NameOf(outcome.GetType()));
            Apply(outcome, request, now, before);
        }

        if (request is LockRequest.Confirm confirm)
            Apply(confirm, now);
        if (request is LockRequest.Cancel { AcquireId: var cancelled })
            Apply(cancelled);

        Assert.Empty(_leaving);
        Require(_toTell is null, "a holder was not told of its loss");
        Require(_cancelled is null, "a waiter that was cancelled was not told");
        Require(_endsToTell.Count == 0, "a grant ended unconfirmed, and who may not know of it was not told");
        CheckAnnouncedAgain(decision);
        if (decision.Outcomes.Count(outcome => outcome is Outcome.PassedOver) > 1)
            See("several waiters of silent sessions");
        CheckState(decision.After);
        CheckAnswer(request, decision);
        CheckNothingIsOverdue(request, now, before, decision);
    }

    private string? WhyOver(Guid attemptId) => _over.FirstOrDefault(over => AttemptId.Of(over.Key) == attemptId).Value;

    private void Apply(Outcome outcome, LockRequest request, DateTimeOffset now, Holder? before)
    {
        switch (outcome)
        {
            case Outcome.Granted { Repeated: true } granted when request is not LockRequest.Acquire { AcquireId: var asker } || !MembersOf(_holder).Contains(asker):
                See("a grant announced again");
                Assert.Equal((_holder, _holder!.NotifyAt), (granted.Grant, granted.ReplyTo));
                Require(_holder.Stage == LockStage.Offered, "a grant was announced again that was confirmed");
                break;
            case Outcome.Granted { Repeated: true } granted:
                See(granted.Grant.Cohort is null ? "a grant repeated" : "a grant of a cohort repeated");
                var again = Assert.IsType<LockRequest.Acquire>(request);
                Assert.Equal((_holder, again.ReplyTo), (granted.Grant, granted.ReplyTo));
                Assert.Contains(again.AcquireId, MembersOf(_holder));
                Require(granted.Grant.ReleasedAt is null, "G6: a grant that was released was announced again");
                break;
            case Outcome.Granted { Waited: { } waiter } granted:
                ApplyGrantOutOfTheQueue(granted, waiter, now);
                break;
            case Outcome.Granted granted:
                ApplyGrantAtOnce(granted, Assert.IsType<LockRequest.Acquire>(request), now);
                break;
            case Outcome.Denied denied when _endsToTell.Count > 0 && denied.AcquireId == _endsToTell[0].AcquireId:
                Assert.Equal(_endsToTell[0] with { Holder = _holder, RetryAfter = denied.RetryAfter }, denied);
                _endsToTell.RemoveAt(0);
                break;
            case Outcome.Denied { Why: DenyReasons.Cancelled } denied when request is LockRequest.CancelWaiter:
                Assert.Equal((_cancelled!.AcquireId, _cancelled.ReplyTo), (denied.AcquireId, denied.ReplyTo));
                _over.Add(denied.AcquireId, denied.Why);
                _cancelled = null;
                break;
            case Outcome.WaiterCancelled removed:
                Assert.Equal(_cancelled, removed.Waiter);
                break;
            case Outcome.WaiterCancelRepeated repeated:
                Assert.Equal(DenyReasons.Cancelled, WhyOver(repeated.AttemptId));
                break;
            case Outcome.WaiterNotFound absent:
                Assert.DoesNotContain(_queue, waiter => AttemptId.Of(waiter.AcquireId) == absent.AttemptId);
                Require(WhyOver(absent.AttemptId) != DenyReasons.Cancelled, "a repeated cancellation was refused");
                break;
            case Outcome.Denied denied:
                Apply(denied, request, now);
                break;
            case Outcome.PassedOver { Waiter: var waiter }:
                ApplyPassedOver(waiter);
                break;
            case Outcome.Enqueued { Waiter: var waiter }:
                Apply(waiter, Assert.IsType<LockRequest.Acquire>(request), now);
                break;
            case Outcome.Dequeued { Waiter: var waiter }:
                Require(_queue.Remove(waiter), "who left the queue was not in it as it was last enqueued");
                if (request is LockRequest.CancelWaiter byOperator && byOperator.AttemptId == AttemptId.Of(waiter.AcquireId))
                    _cancelled = waiter;
                else if (request is not LockRequest.Cancel cancel || cancel.AcquireId != waiter.AcquireId)
                    _leaving.Add(waiter);
                break;
            case Outcome.CancelAnswered answered:
                var cancelling = Assert.IsType<LockRequest.Cancel>(request);
                Assert.Equal(
                    (cancelling.AcquireId, _holder, cancelling.ReplyTo), (answered.AcquireId, answered.Holder, answered.ReplyTo));
                break;
            case Outcome.RankReported told:
                Assert.Equal(told.AcquireId, _queue[told.Rank - 1].AcquireId);
                break;
            case Outcome.Renewed renewed:
                Apply(renewed, Assert.IsType<LockRequest.Renew>(request), now);
                break;
            case Outcome.RenewalRefused refused:
                See($"a renewal refused: {refused.Why}");
                Assert.Equal(WhyNotHeld(Assert.IsType<LockRequest.Renew>(request).Token, before), refused.Why);
                break;
            case Outcome.ReleaseRefused when request is LockRequest.Revoke revoke:
                See("a revocation refused");
                Require(!_revocations.GetValueOrDefault(revoke.RevokeId), "a revocation was refused when it was repeated");
                Require(
                    _revocations.ContainsKey(revoke.RevokeId) || _holder is null || revoke.FencingToken is { } other && !FencesOf(_holder).Contains(other),
                    "a revocation was refused although it names the holder");
                if (_holder is null && revoke.FencingToken is null)
                    _revocations.TryAdd(revoke.RevokeId, false);
                break;
            case Outcome.ReleaseRepeated:
                See("a release repeated later");
                Require(
                    request is LockRequest.Release { AcquireId: { } id } && _released.Contains(id), "a release was repeated that was not done");
                break;
            case Outcome.ReleaseRefused:
                See("a release refused");
                Assert.NotEqual(_holder?.Token, Assert.IsType<LockRequest.Release>(request).Token);
                break;
            case Outcome.Released { Grant.ReleasedAt: not null } released:
                See("a release repeated");
                Assert.Equal((_holder, _holder!.Token), (released.Grant, Assert.IsType<LockRequest.Release>(request).Token));
                break;
            case Outcome.Released released:
                See("a release");
                Assert.Equal(_holder, released.Grant);
                Require(
                    request is LockRequest.Release release ? release.Token == _holder!.Token
                    : request is LockRequest.Cancel taken && taken.AcquireId == _holder!.AcquireId,
                    "the lock was released by an attempt that does not hold it");
                if (request is LockRequest.Release)
                    _released.UnionWith(MembersOf(_holder));
                if (request is LockRequest.Release { Cooldown: { } keep } && keep > TimeSpan.Zero && _holder!.ExpiresAt > now)
                    Keep(now, now + keep);
                else
                    EndGrant();
                break;
            case Outcome.Expired expired:
                Apply(expired, now);
                break;
            case Outcome.Revoked revoked:
                Apply(revoked, Assert.IsType<LockRequest.Revoke>(request));
                break;
            case Outcome.RevocationRepeated:
                See("a revocation repeated");
                Require(_revocations[Assert.IsType<LockRequest.Revoke>(request).RevokeId], "what did nothing was answered as if it had");
                break;
            case Outcome.LossNotified told:
                Assert.Equal(_toTell, told);
                _toTell = null;
                break;
            default:
                Assert.Fail($"the model does not know {outcome}");
                break;
        }
    }

    /// <summary>A copy that changes nothing may be all that is left of a coordinator that died before it told whom it had granted the lock.</summary>
    private void CheckAnnouncedAgain(Decision decision)
    {
        if (!decision.ChangesLock && _holder is { Stage: LockStage.Offered, NotifyAt: not null })
            Assert.Single(decision.Outcomes, outcome => outcome is Outcome.Granted { Repeated: true });
    }

    private void ApplyPassedOver(Waiter waiter)
    {
        See("a waiter of a silent session");
        Assert.Equal(Assert.Single(_leaving), waiter);
        Require(_holder is null, "a waiter was passed over before its turn");
        Require(_silent.Contains(waiter.ClientId), "a waiter was passed over whose session is alive");
        Assert.DoesNotContain(_queue, other => other.Ticket < waiter.Ticket);
        _over.Add(waiter.AcquireId, DenyReasons.Ended);
        _leaving.Clear();
    }

    private void Apply(Outcome.Renewed renewed, LockRequest.Renew request, DateTimeOffset now)
    {
        Assert.Equal(_holder!.Token, request.Token);
        Require(_holder.ReleasedAt is null, "what is only kept was renewed");
        if (_holder.Lease is { } lease)
        {
            See("a renewal on a lease");
            Assert.Equal(lease.ExpiresAt > now ? lease.ExpiresAt - now : TimeSpan.Zero, renewed.Ttl);
        }
        else
        {
            Assert.Equal(request.Ttl, renewed.Ttl);
        }

        Extend(now + renewed.Ttl);
        Assert.Equal(_holder, renewed.Grant);
    }

    private void Apply(Outcome.Expired expired, DateTimeOffset now)
    {
        Assert.Equal(_holder, expired.Grant);
        Require(IsOver(_holder!, now), "the lease ended too early");
        if (_holder is { Lease: { HasEnded: true } lease })
        {
            var itsOwner = _holder.NotifyAt is { } address && lease.OwnerAddress == address.Address;
            See(itsOwner ? "an end of a lease that its owner knows of" : "an end of a lease");
            _toTell = itsOwner || _holder.NotifyAt is not { } holder ? null : new Outcome.LossNotified(_holder, LossReasons.LeaseEnded, null, holder);
        }
        else
        {
            See(_holder!.ReleasedAt is null ? "an expiry" : "an end of what is kept");
        }

        ExpectUnconfirmedEnd();
        EndGrant();
    }

    private void Apply(Outcome.Revoked revoked, LockRequest.Revoke request)
    {
        See(_holder!.ReleasedAt is null ? "a revocation" : "a revocation of what is kept");
        Assert.Equal((_holder, request.By), (revoked.Grant, revoked.By));
        if (request.FencingToken is { } named && named != _holder.FencingToken)
            See("a revocation of a cohort by another's number");
        Require(request.FencingToken is not { } fence || FencesOf(_holder).Contains(fence), "another grant was revoked than was named");
        Require(_revocations.TryAdd(request.RevokeId, true), "G6: a revocation took effect twice");
        _toTell = _holder is { ReleasedAt: null, NotifyAt: { } address }
            ? new Outcome.LossNotified(_holder, LossReasons.Revoked, request.By, address)
            : null;
        ExpectUnconfirmedEnd();
        EndGrant();
    }

    /// <summary>The holder of an offer may never have received it.</summary>
    private void ExpectUnconfirmedEnd()
    {
        if (_holder is not { Stage: LockStage.Offered, NotifyAt: { } address })
            return;

        See(_holder.Cohort is null ? "an unconfirmed end told" : "an unconfirmed end of a cohort told");
        _endsToTell.AddRange(MembersOf(_holder).Select(member => new Outcome.Denied(
            member, _holder.Owner, DenyReasons.Ended, null, null, member == _holder.AcquireId ? address : address with { RequestId = member })));
    }

    private string WhyNotHeld(OwnerToken token, Holder? before)
    {
        if (_holder?.Token == token)
        {
            Require(_holder.ReleasedAt is not null, "a holder was refused");
            return LossReasons.NotHeld;
        }

        return before is { ReleasedAt: null } && before.Token == token
            ? before.Lease is { HasEnded: true } ? LossReasons.LeaseEnded : LossReasons.Expired
            : _holder is null ? LossReasons.NotHeld : LossReasons.Superseded;
    }

    /// <summary>A lease's end is for the lease to say, as soon as a grant is confirmed; whatever else is due, the lock sees by itself.</summary>
    private static bool IsOver(Holder holder, DateTimeOffset now) =>
        holder.Lease is { } lease && (lease.HasEnded || holder.Stage != LockStage.Offered) ? lease.HasEnded : holder.ExpiresAt <= now;

    private static bool IsAlive(LeaseSnapshot lease, DateTimeOffset now) => !lease.HasEnded && lease.ExpiresAt > now;

    private static ReplyTo? NotifyAt(string? session, ReplyTo address) => session is null ? null : address;

    private void ApplyGrantOutOfTheQueue(Outcome.Granted granted, Waiter waiter, DateTimeOffset now)
    {
        See("a grant out of the queue");
        Assert.Equal(_leaving[0], waiter);
        Assert.DoesNotContain(_queue, other => other.Ticket < _leaving[^1].Ticket);
        Assert.All(_leaving, granted => Require(granted.Deadline > now, "a waiter was granted after its deadline"));
        Assert.All(_leaving, granted => Require(!_silent.Contains(granted.ClientId), "a waiter was granted whose session is silent"));
        CheckCohort(granted.Grant);
        _leaving.Clear();
        Assert.Equal(waiter.ReplyTo, granted.ReplyTo);
        if (waiter.Lease is { } lease)
        {
            See("a grant on a lease out of the queue");
            Require(IsAlive(lease, now), "a lock was granted on a lease that is over");
        }

        var window = waiter.Ttl < limits.ConfirmationWindow ? waiter.Ttl : limits.ConfirmationWindow;
        Assert.Equal(
            new Holder(
                waiter.AcquireId, waiter.Owner, waiter.Token, granted.Grant.FencingToken, waiter.Ttl, now, now + window,
                Stage: LockStage.Offered, waiter.ClientId, NotifyAt(waiter.ClientId, waiter.ReplyTo), waiter.Lease, ReleasedAt: null,
                granted.Grant.Cohort),
            granted.Grant);
        BeginGrant(granted.Grant);
    }

    /// <summary>Those who leave the queue for the lock, in their order: as many as may be granted together, each with a number of its own.</summary>
    private void CheckCohort(Holder grant)
    {
        Assert.Equal(_leaving.Select(waiter => waiter.AcquireId), MembersOf(grant));
        Require(FencesOf(grant).SequenceEqual(FencesOf(grant).Distinct().Order()), "G3: the fencing tokens of a cohort do not rise");
        Require(_leaving.Count <= limits.MaxCohort, "a cohort is too long");
        Require(
            _leaving.Count == 1 || _leaving.TrueForAll(waiter =>
                waiter is { MayJoinCohort: true, Lease: null, ClientId: not null } && IsLike(waiter, _leaving[0])),
            "a waiter was granted together with others without its consent");
        if (_leaving.Count > 1)
            See("a cohort");
        if (_leaving.Count == limits.MaxCohort && _queue.FirstOrDefault() is { MayJoinCohort: true } cutOff && IsLike(cutOff, _leaving[0]))
            See("a cohort that is long enough");
    }

    private static bool IsLike(Waiter waiter, Waiter other) =>
        (waiter.ClientId, waiter.Owner, waiter.Ttl, waiter.ReplyTo.Address) == (other.ClientId, other.Owner, other.Ttl, other.ReplyTo.Address);

    private static IEnumerable<Guid> MembersOf(Holder? grant) =>
        grant is null ? [] : [grant.AcquireId, .. grant.Cohort?.Items.Select(member => member.AcquireId) ?? []];

    private static IEnumerable<long> FencesOf(Holder grant) =>
        [grant.FencingToken, .. grant.Cohort?.Items.Select(member => member.FencingToken) ?? []];

    private void ApplyGrantAtOnce(Outcome.Granted granted, LockRequest.Acquire request, DateTimeOffset now)
    {
        See("a grant at once");
        Assert.Empty(_queue);
        Assert.Equal(request.ReplyTo, granted.ReplyTo);
        Require(request.Lease is null || IsAlive(request.Lease, now), "a lock was granted on a lease that is over");
        Assert.Equal(
            new Holder(
                request.AcquireId, request.Owner, request.NewToken, granted.Grant.FencingToken, request.Ttl, now,
                request.Lease?.ExpiresAt ?? now + request.Ttl, Stage: LockStage.Held, request.ClientId,
                NotifyAt(request.ClientId, request.ReplyTo), request.Lease),
            granted.Grant);
        BeginGrant(granted.Grant);
    }

    private void BeginGrant(Holder grant)
    {
        Require(_holder is null, "G1: the lock was granted while it was held");
        Require(grant.FencingToken > _highestFence, "G3: the fencing token did not rise");
        foreach (var attempt in MembersOf(grant))
        {
            Assert.False(_over.ContainsKey(attempt), "G6: an attempt that was over was granted");
            Require(_grants.TryAdd(attempt, grant), "G6: an attempt was granted twice");
        }

        _highestFence = FencesOf(grant).Last();
        _holder = grant;
    }

    private void EndGrant()
    {
        foreach (var attempt in MembersOf(_holder))
            _over[attempt] = DenyReasons.Ended;
        _holder = null;
    }

    private void Keep(DateTimeOffset now, DateTimeOffset end)
    {
        See("a release that keeps");
        foreach (var attempt in MembersOf(_holder))
            _over.Add(attempt, DenyReasons.Ended);
        _holder = _holder! with
        {
            Stage = LockStage.Cooling,
            Lease = null,
            ReleasedAt = now,
            ExpiresAt = end < _holder.ExpiresAt ? end : _holder.ExpiresAt,
        };
    }

    private void Apply(Outcome.Denied denied, LockRequest request, DateTimeOffset now)
    {
        See($"a denial: {denied.Why}");
        Assert.Equal(denied.Holder is null, denied.RetryAfter is null);
        Assert.False(denied.RetryAfter < TimeSpan.Zero, "a negative time to wait");
        Assert.Equal(_holder, denied.Holder);

        if (_leaving.Count > 0)
        {
            var waiter = Assert.Single(_leaving);
            Assert.Equal((waiter.AcquireId, waiter.ReplyTo), (denied.AcquireId, denied.ReplyTo));
            if (denied.Why == DenyReasons.LeaseNotFound && request is LockRequest.Expire && _holder is not null)
            {
                See("a waiter ended with its lease");
                Require(waiter.Lease is { HasEnded: true }, "a waiter was ended before its lease was");
            }
            else if (denied.Why == DenyReasons.LeaseNotFound)
            {
                See("a waiter passed over");
                Require(_holder is null, "a waiter was passed over before its turn");
                Require(waiter.Lease is { } lease && !IsAlive(lease, now), "a waiter was passed over although it could hold the lock");
            }
            else
            {
                Assert.Equal(DenyReasons.WaitTimedOut, denied.Why);
                Require(waiter.Deadline <= now, "a waiter timed out before its deadline");
            }

            _over.Add(waiter.AcquireId, denied.Why);
            _leaving.Clear();
            return;
        }

        var acquire = Assert.IsType<LockRequest.Acquire>(request);
        Assert.Equal((acquire.AcquireId, acquire.ReplyTo), (denied.AcquireId, denied.ReplyTo));
        if (_over.TryGetValue(denied.AcquireId, out var earlier))
        {
            See("an earlier end repeated");
            Assert.Equal(earlier, denied.Why);
            return;
        }

        if (acquire.Lease is { } wanted && !IsAlive(wanted, now))
        {
            Assert.Equal(DenyReasons.LeaseNotFound, denied.Why);
            return;
        }

        Assert.NotNull(_holder);
        Assert.Equal(acquire.Wait is null ? DenyReasons.Busy : DenyReasons.QueueFull, denied.Why);
        Require(acquire.Wait is null || _queue.Count == limits.MaxWaiters, "the queue was not full");
        _over.Add(denied.AcquireId, denied.Why);
    }

    private void Apply(Waiter waiter, LockRequest.Acquire request, DateTimeOffset now)
    {
        var known = _queue.FindIndex(other => other.AcquireId == waiter.AcquireId);
        if (known >= 0)
        {
            See("a waiter redirected");
            Assert.Equal(_queue[known] with { ReplyTo = request.ReplyTo }, waiter);
            _queue[known] = waiter;
            return;
        }

        See("a waiter");
        Assert.NotNull(_holder);
        Assert.False(_over.ContainsKey(waiter.AcquireId), "G6: an attempt that was over came into the queue");
        Require(_queue.Count < limits.MaxWaiters, "the queue was full");
        Require(waiter.Ticket > _highestTicket, "a ticket was drawn twice");
        Assert.Equal(
            new Waiter(
                waiter.Ticket, request.AcquireId, request.Owner, request.NewToken, request.Ttl, now, now + request.Wait!.Value,
                request.ClientId, request.ReplyTo, request.Lease, request.MayJoinCohort),
            waiter);
        Require(request.Lease is null || IsAlive(request.Lease, now), "an attempt waits for a lease that is over");
        _highestTicket = waiter.Ticket;
        _queue.Add(waiter);
    }

    private void Apply(LockRequest.Confirm confirm, DateTimeOffset now)
    {
        if (_holder is { Stage: LockStage.Offered } && MembersOf(_holder).Zip(FencesOf(_holder)).Contains((confirm.AcquireId, confirm.FencingToken)))
        {
            See(_holder.Lease is null ? "a confirmation" : "a confirmation on a lease");
            Extend(now + _holder.Ttl);
        }
    }

    /// <summary>From now on whatever comes of this attempt is over, also if it was denied before or never heard of.</summary>
    private void Apply(Guid cancelled)
    {
        if (_holder is { Cohort: not null, ReleasedAt: null } && MembersOf(_holder).Contains(cancelled))
        {
            See("a cancel in a cohort");
            return;
        }

        See(_over.ContainsKey(cancelled) ? "a cancel of what is over" : "a cancel");
        Require(!MembersOf(_holder).Contains(cancelled) || _holder!.ReleasedAt is not null, "what was cancelled is still held");
        Assert.DoesNotContain(_queue, waiter => waiter.AcquireId == cancelled);
        _over[cancelled] = DenyReasons.Ended;
    }

    private void Extend(DateTimeOffset end) =>
        _holder = _holder! with
        {
            Stage = LockStage.Held,
            ExpiresAt = _holder.Lease?.ExpiresAt ?? (end > _holder.ExpiresAt ? end : _holder.ExpiresAt),
        };

    private void CheckState(LockState state)
    {
        // Bare comparisons where it is hot: xunit's own take most of the time of a hundred thousand steps.
        state.CheckInvariants();
        Require(_holder == state.Holder, "the holder is not the one that the outcomes told of");
        Require(_queue.SequenceEqual(state.Waiters.InOrder), "the queue is not the one that the outcomes told of");
        Require(_queue.FirstOrDefault() == state.Waiters.Head, "the head of the queue is wrong");
        Require(_queue.MinBy(waiter => (waiter.Deadline, waiter.Ticket)) == state.Waiters.Soonest, "the soonest deadline is wrong");
        Require(_queue.TrueForAll(waiter => state.Waiters.Find(waiter.AcquireId) == waiter), "a waiter is not found by its attempt");
        Require((_highestFence, _highestTicket) == (state.LastFence, state.LastTicket), "the last numbers are not the highest ones");
        Require(
            _over.Keys.All(attempt => state.Ended.Find(attempt) is not null || MembersOf(_holder).Contains(attempt)),
            "an attempt that is over was forgotten");
        Require(_revocations.Keys.All(revocation => state.Ended.Find(revocation) is not null), "a revocation was forgotten");
        Require(DueAt == state.DueAt, "it is not due when it should be");
        Require(
            _holder is null || _holder.GrantedAt + _holder.AnnouncedTtl <= _holder.ExpiresAt, "more lease was announced than is stored");
        Require(
            _holder?.Lease is not { } lease || _holder.GrantedAt + _holder.AnnouncedTtl <= lease.ExpiresAt,
            "more was announced than the lease has");
    }

    private DateTimeOffset? DueAt =>
        _queue.Select(waiter => (DateTimeOffset?)waiter.Deadline)
            .Append(_holder is null or { Lease: not null, Stage: LockStage.Held } ? null : _holder.ExpiresAt)
            .Min();

    /// <summary>Every request gets its one answer; one that waits gets it later.</summary>
    private void CheckAnswer(LockRequest request, Decision decision)
    {
        var outcomes = decision.Outcomes;
        switch (request)
        {
            case LockRequest.Acquire { AcquireId: var attempt, ReplyTo: var address }:
                var waits = _queue.Any(waiter => waiter.AcquireId == attempt);
                var holds = _holder is { ReleasedAt: null } && MembersOf(_holder).Contains(attempt);
                var grants = outcomes.Count(outcome =>
                    outcome is Outcome.Granted g && MembersOf(g.Grant).Contains(attempt) && g.ReplyTo == address);
                var denials = outcomes.Count(outcome =>
                    outcome is Outcome.Denied d && d.AcquireId == attempt && d.ReplyTo == address
                    || outcome is Outcome.PassedOver p && p.Waiter.AcquireId == attempt && p.Waiter.ReplyTo == address);
                Assert.Equal((holds, !holds && !waits), (grants > 0, denials > 0));
                break;
            case LockRequest.Renew:
                Assert.Single(outcomes, outcome => outcome is Outcome.Renewed or Outcome.RenewalRefused);
                break;
            case LockRequest.Release:
                Assert.Single(outcomes, outcome => outcome is Outcome.Released or Outcome.ReleaseRepeated or Outcome.ReleaseRefused);
                break;
            case LockRequest.Revoke:
                Assert.Single(outcomes, outcome => outcome is Outcome.Revoked or Outcome.RevocationRepeated or Outcome.ReleaseRefused);
                break;
            case LockRequest.CancelWaiter:
                Assert.Single(
                    outcomes, outcome => outcome is Outcome.WaiterCancelled or Outcome.WaiterCancelRepeated or Outcome.WaiterNotFound);
                break;
            case LockRequest.Cancel cancel:
                Assert.Equal(cancel.ReplyTo is null ? 0 : 1, outcomes.Count(outcome => outcome is Outcome.CancelAnswered));
                break;
            case LockRequest.Confirm or LockRequest.Expire:
                break;
            default:
                Assert.Fail($"the model does not know the answer to {request}");
                break;
        }
    }

    private void CheckNothingIsOverdue(LockRequest request, DateTimeOffset now, Holder? before, Decision decision)
    {
        if (request is LockRequest.Expire expire && (before is null || expire.FencingToken != FencesOf(before).Last()))
        {
            See("a stale timer");
            Assert.All(decision.ChangesNothing().Outcomes, outcome => Assert.True(outcome is Outcome.Granted { Repeated: true }));
            return;
        }

        Require(_holder is null || !IsOver(_holder, now), "G5: a lock is held beyond its lease");
        if (_holder is { Lease: { } lease } && lease.ExpiresAt <= now)
            See("a holder on a late lease");
        Require(_queue.TrueForAll(waiter => waiter.Deadline > now), "a waiter was not told that its time is up");
        if (request is LockRequest.Expire)
            Require(!_queue.Exists(waiter => waiter.Lease is { HasEnded: true }), "a waiter was not told that its lease has ended");
    }

    private static string NameOf(Type type) => $"{type.DeclaringType!.Name}.{type.Name}";

    private static void Require(bool holds, string otherwise) => Assert.True(holds, otherwise);

    private void See(string situation) => _seen.Add(situation);
}
