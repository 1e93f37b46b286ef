using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Compliance;

/// <summary>Locks to store, with times in whole microseconds as the coordinator makes them.</summary>
internal static class SampleLocks
{
    /// <summary>A moment that has microseconds.</summary>
    public static readonly DateTimeOffset Now = new DateTimeOffset(2026, 3, 29, 1, 59, 59, TimeSpan.Zero).AddMicroseconds(999_999);

    /// <summary>A key that no other test uses.</summary>
    public static string NewKey(string name = "lock") => $"{name}/{Guid.CreateVersion7():N}";

    /// <summary>A free lock.</summary>
    public static LockState Free(string? key = null, long fence = 0) => LockState.NeverTaken(key ?? NewKey()) with { LastFence = fence };

    /// <summary>A held lock.</summary>
    public static LockState Held(string? key = null, long fence = 1, DateTimeOffset? expiresAt = null) =>
        Free(key, fence) with
        {
            Holder = new Holder(
                Guid.CreateVersion7(), "owner", new OwnerToken("holder-token"), fence, TimeSpan.FromSeconds(30),
                Now, expiresAt ?? Now.AddSeconds(30), LockStage.Held, null),
        };

    /// <summary>A waiter with some ticket.</summary>
    public static Waiter Waiter(long ticket, DateTimeOffset? deadline = null) => new(
        ticket, Guid.CreateVersion7(), $"waiter {ticket}", new OwnerToken($"token-{ticket}"), TimeSpan.FromSeconds(30),
        Now, deadline ?? Now.AddHours(1), "client", new ReplyTo(new Uri("loopback://localhost/replies"), Guid.CreateVersion7()));

    /// <summary>A cohort with these numbers.</summary>
    public static Cohort Cohort(int first, int last) =>
        new([.. Enumerable.Range(first, last - first + 1).Select(fence => new CohortMember(Guid.CreateVersion7(), fence))]);

    /// <summary>The lock with more waiters behind those it has.</summary>
    public static LockState WithWaiters(this LockState state, params IEnumerable<Waiter> waiters)
    {
        var queue = WaitQueue.Of(state.Waiters.InOrder.Concat(waiters));
        return state with { Waiters = queue, LastTicket = Math.Max(state.LastTicket, queue.InOrder.Select(w => w.Ticket).LastOrDefault()) };
    }

    /// <summary>Attempts that are over, one of each kind in turn: some without an owner, some with a grant.</summary>
    public static EndedAttempts Ended(int count) => new([.. Enumerable.Range(0, count).Select(i => new EndedAttempt(
        Guid.CreateVersion7(),
        (Ending)(i % Enum.GetValues<Ending>().Length),
        Now.AddMicroseconds(-i),
        i % 4 == 1 ? null : $"besitzer ü{i % 3}",
        i % 2 == 0 ? new EndedGrant(i, Now.AddMinutes(-i)) : null))]);

    /// <summary>The first write of a lock, with all of its waiters.</summary>
    public static LockWrite Insert(LockState state, DateTimeOffset? writtenAt = null) => new(
        LockKey.ToId(state.Key), 0, 1, state, null, writtenAt ?? Now, [.. state.Waiters.InOrder], [], []);

    /// <summary>A later write of a lock.</summary>
    public static LockWrite Update(
        long version, LockState state, IReadOnlyCollection<Waiter>? enqueued = null, IReadOnlyCollection<long>? dequeued = null) =>
        new(LockKey.ToId(state.Key), version, version + 1, state, null, Now, enqueued ?? [], dequeued ?? [], []);
}
