namespace Locks.Contracts.Tests;

/// <summary>One message: with every field given, and with only those that must be.</summary>
/// <param name="Whole">Every field, none at its default.</param>
/// <param name="Least">The required fields alone.</param>
public sealed record Sample(object Whole, object Least)
{
    /// <summary>The message's type.</summary>
    public Type Type => Whole.GetType();
}

/// <summary>A sample of every message on the wire.</summary>
public static class Samples
{
    /// <summary>The secret that the samples carry, to look for where it must not be.</summary>
    public const string Secret = "c2VjcmV0LXNlY3JldC1zZWNy";

    private const string Key = "orders/42";
    private const string Owner = "billing@host-7";
    private const string Operator = "alice";
    private static readonly Guid Attempt = new("0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
    private static readonly Guid Lease = new("0193a1b2-c3d4-7e5f-8a9b-00000000001e");
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(1_500);
    private const long Fence = 1_764_000_000_000_001;
    private const string Why = "the job hangs";
    private const string Span = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static readonly DateTimeOffset Moment = new(2026, 3, 29, 1, 59, 59, TimeSpan.Zero);
    private static readonly HolderDescription WholeHolder = new(
        Attempt,
        Owner,
        Fence,
        Moment - Wait,
        Wait,
        HalfAMinute,
        Moment + HalfAMinute,
        HalfAMinute,
        RenewedAt: Moment,
        ClientId: "billing-1",
        LeaseFingerprint: Lease,
        ReleasedAt: Moment,
        [new CohortMemberDescription(Lease, Fence + 1)]);

    /// <summary>What is public in the contracts and no message.</summary>
    public static readonly Type[] NoMessages =
    [
        typeof(ValidationError), typeof(CohortMember), typeof(LockCommand), typeof(LockReply), typeof(CommandFailed), typeof(CoordinatorProblem),
        typeof(HolderDescription), typeof(CohortMemberDescription), typeof(WaiterDescription), typeof(EndedAttemptDescription), typeof(LockSummary), typeof(LeaseDescription),
        typeof(CoordinatorDescription), typeof(Deadlock), typeof(BlockedWait), typeof(Contender), typeof(Blocker),
    ];

    /// <summary>The samples.</summary>
    public static readonly Sample[] All =
    [
        new(
            new AcquireLock(
                Key, Attempt, Owner, HalfAMinute, Wait, Lease, ClientId: "billing-1", NotifyQueued: true, MayJoinCohort: true, Span, "vendor=1"),
            new AcquireLock(Key, Attempt, Owner, HalfAMinute)),
        new(
            new LockDenied(
                Key, Attempt, DenyReasons.Busy, Owner, Wait, Detail: "Key has 513 UTF-8 bytes; the limit is 512", HeldFor: HalfAMinute,
                Waiters: 3),
            new LockDenied(Key, Attempt, DenyReasons.Busy)),
        new(
            new LockAcquired(Key, Attempt, Secret, Fence, HalfAMinute, [new CohortMember(Lease, Fence + 1)], OthersWait: true),
            new LockAcquired(Key, Attempt, Secret, Fence, HalfAMinute)),
        new(new LockQueued(Key, Attempt, Rank: 3, Owner, Wait, HeldFor: HalfAMinute, Waiters: 4, Span), new LockQueued(Key, Attempt, Rank: 3)),
        new(new CancelAcquire(Key, Attempt, ReportHolder: true), new CancelAcquire(Key, Attempt)),
        WithoutOptions(new ConfirmGrant(Key, Attempt, Fence)),
        new(new ClientAlive("billing-1", TimeSpan.FromSeconds(10), HalfAMinute), new ClientAlive("billing-1")),
        WithoutOptions(new ResendAcquires("billing-1")),
        WithoutOptions(new RenewLock(Key, Secret, HalfAMinute)),
        WithoutOptions(new LockRenewed(Key, Fence, HalfAMinute)),
        new(new LockLost(Key, LossReasons.Revoked, Operator, Fence, Why), new LockLost(Key, LossReasons.Expired)),
        new(new ReleaseLock(Key, Secret, Wait, Attempt), new ReleaseLock(Key, Secret)),
        WithoutOptions(new LockReleased(Key, Fence)),
        WithoutOptions(new LockNotHeld(Key)),
        new(new RevokeLock(Key, Attempt, Operator, Fence, Why), new RevokeLock(Key, Attempt, Operator)),
        new(new CancelWaiter(Key, Attempt, Operator, Why, DenyReasons.Deadlock), new CancelWaiter(Key, Attempt, Operator)),
        WithoutOptions(new WaiterCancelled(Key, Attempt)),
        WithoutOptions(new WaiterNotFound(Key, Attempt)),
        new(new LockRevoked(Key, Fence, Owner), new LockRevoked(Key)),
        new(new GrantLease(Lease, HalfAMinute, Owner, ClientId: "billing-1"), new GrantLease(Lease, HalfAMinute, Owner)),
        WithoutOptions(new RenewLease(Lease, HalfAMinute, Owner)),
        WithoutOptions(new RevokeLease(Lease, Owner)),
        WithoutOptions(new LeaseGranted(Lease, HalfAMinute)),
        WithoutOptions(new LeaseRenewed(Lease, HalfAMinute)),
        WithoutOptions(new LeaseRevoked(Lease)),
        WithoutOptions(new LeaseNotFound(Lease)),
        WithoutOptions(new DescribeLease(Lease)),
        WithoutOptions(new LeaseDescribed(Lease, HalfAMinute, Wait, Owner, Locks: 7)),
        new(new LeaseEnded(Lease, LossReasons.Revoked, Operator), new LeaseEnded(Lease, LossReasons.Expired)),
        WithoutOptions(new LeaseDue(Lease)),
        WithoutOptions(new DescribeLock(Key)),
        new(
            new LockDescription(
                Key,
                LockStates.Held,
                Moment,
                Fence,
                WholeHolder,
                Waiters: 1,
                [
                    new WaiterDescription(
                        Rank: 1, Attempt, Owner, Moment, Wait, Moment + HalfAMinute, HalfAMinute, ClientId: "billing-1", Lease),
                ],
                [new EndedAttemptDescription(Attempt, AttemptEndings.Released, Moment, Owner, Fence, Moment - Wait)]),
            new LockDescription(Key, LockStates.Free, Moment, LastFencingToken: 0, Holder: null, Waiters: 0, [], [])),
        new(
            new ListLocks("orders/", Owner, LockStates.Held, HalfAMinute, Key, Limit: 10),
            new ListLocks()),
        new(
            new LockPage([new LockSummary(Key, LockStates.Held, WholeHolder, Waiters: 1, Wait)], Moment, Key),
            new LockPage(
                [
                    new LockSummary(
                        Key,
                        LockStates.Held,
                        new HolderDescription(Attempt, Owner, Fence, Moment, Wait, HalfAMinute, Moment + HalfAMinute, HalfAMinute),
                        Waiters: 0),
                ],
                Moment)),
        new(new ListLeases(Lease, Limit: 10), new ListLeases()),
        new(
            new LeasePage(
                [new LeaseDescription(Lease, Owner, HalfAMinute, Moment, Moment + HalfAMinute, HalfAMinute, Locks: 7, "billing-1")], Moment, Lease),
            new LeasePage([], Moment)),
        WithoutOptions(new DescribeStatistics()),
        new(
            new LockStatistics(
                Moment, Held: 5, Offered: 1, Cooling: 2, Free: 3, Waiters: 4, Contended: 1, Wait,
                [new LockSummary(Key, LockStates.Held, null, Waiters: 4, Wait)],
                [new LockSummary(Key, LockStates.Held, null, Waiters: 4, Wait)],
                Leases: 1,
                IsTruncated: true,
                [new LockSummary(Key, LockStates.Held, null, Waiters: 4, Wait)]),
            new LockStatistics(Moment, 0, 0, 0, 0, 0, 0, null, [], [], 0)),
        WithoutOptions(new DescribeCoordinators()),
        new(
            new CoordinatorsDescription(
                Attempt, [new CoordinatorDescription(Attempt, ["locks-0"], "host-7", "1.0.0", Moment, Wait, Wait)], Partitions: 1, "PostgreSql"),
            new CoordinatorsDescription(Attempt, [new CoordinatorDescription(Attempt, [])], Partitions: 0, "Memory")),
        WithoutOptions(new DescribeWaitForGraph()),
        new(
            new WaitForGraph(
                Moment,
                [new Deadlock([new BlockedWait(Key, Attempt, new Contender(Owner, "billing-1", Lease), Wait, new Contender(Owner, "billing-2"), Fence, HalfAMinute)], Wait)],
                [new Blocker(new Contender(Owner, "billing-1", Lease), [Key], Waits: 3, Blocked: 7, HalfAMinute)],
                Waits: 9,
                MinAge: Wait,
                BreaksDeadlocks: true,
                IsTruncated: true),
            new WaitForGraph(
                Moment,
                [new Deadlock([new BlockedWait(Key, Attempt, new Contender(Owner), Wait, new Contender(Owner), Fence, HalfAMinute)], Wait)],
                [new Blocker(new Contender(Owner), [Key], Waits: 3, Blocked: 7, HalfAMinute)],
                Waits: 9,
                MinAge: Wait,
                BreaksDeadlocks: false)),
        WithoutOptions(new LeaseExpired(Key, Fence)),
        WithoutOptions(new LockCommands(Attempt, "rabbitmq://host/billing-1?temporary=true",
        [
            new LockCommand { Acquire = new AcquireLock(Key, Attempt, Owner, HalfAMinute) },
            new LockCommand { Cancel = new CancelAcquire(Key, Attempt) },
            new LockCommand { Confirm = new ConfirmGrant(Key, Attempt, Fence) },
            new LockCommand { RequestId = Lease, Renew = new RenewLock(Key, Secret, HalfAMinute) },
            new LockCommand { RequestId = Lease, Release = new ReleaseLock(Key, Secret) },
            new LockCommand { RequestId = Lease, Revoke = new RevokeLock(Key, Attempt, Operator) },
            new LockCommand { RequestId = Lease, CancelWaiter = new CancelWaiter(Key, Attempt, Operator) },
        ])),
        new(
            new LockReplies(
                [
                    new LockReply { Acquired = new LockAcquired(Key, Attempt, Secret, Fence, HalfAMinute) },
                    new LockReply { Denied = new LockDenied(Key, Attempt, DenyReasons.Busy) },
                    new LockReply { Queued = new LockQueued(Key, Attempt, Rank: 3) },
                    new LockReply { RequestId = Lease, Renewed = new LockRenewed(Key, Fence, HalfAMinute) },
                    new LockReply { RequestId = Lease, Lost = new LockLost(Key, LossReasons.Expired) },
                    new LockReply { RequestId = Lease, Released = new LockReleased(Key, Fence) },
                    new LockReply { RequestId = Lease, NotHeld = new LockNotHeld(Key) },
                    new LockReply { RequestId = Lease, Revoked = new LockRevoked(Key) },
                    new LockReply { RequestId = Lease, WaiterCancelled = new WaiterCancelled(Key, Attempt) },
                    new LockReply { RequestId = Lease, WaiterNotFound = new WaiterNotFound(Key, Attempt) },
                    new LockReply { RequestId = Lease, Failed = new CommandFailed(nameof(RenewLock), "OwnerToken is missing") },
                ],
                [Attempt],
                Partitions: 2,
                Problem: new CoordinatorProblem(ProblemKinds.Store, "PostgreSQL can't be reached")),
            new LockReplies([])),
    ];

    private static Sample WithoutOptions(object message) => new(message, message);
}
