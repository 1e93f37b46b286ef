using Locks.Contracts;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>A waiter to store, and the lock it waits for.</summary>
internal readonly record struct QueuedWaiter(Guid LockId, Waiter Waiter);

/// <summary>The table of those that wait for locks.</summary>
internal static class WaiterColumns
{
    public static readonly Table<QueuedWaiter> Table = new("lock_waiters");

    public static readonly Column LockId = Table.Add("lock_id", ColumnKind.Id, queued => queued.LockId, ColumnRole.Key);

    public static readonly Column Ticket = Table.Add("ticket", ColumnKind.Number, queued => queued.Waiter.Ticket, ColumnRole.Key);

    public static readonly Column AcquireId = Table.Add("acquire_id", ColumnKind.Id, queued => queued.Waiter.AcquireId);

    public static readonly Column Owner =
        Table.Add("owner", ColumnKind.Text, queued => queued.Waiter.Owner, isRequired: true, maxLength: LockLimits.MaxOwnerBytes);

    public static readonly Column Token = Table.Add(
        "token", ColumnKind.Text, queued => queued.Waiter.Token.Value, isRequired: true, maxLength: LockLimits.MaxOwnerTokenBytes);

    public static readonly Column Ttl = Table.Add("ttl", ColumnKind.Duration, queued => Micros.Of(queued.Waiter.Ttl));

    public static readonly Column QueuedAt = Table.Add("queued_at", ColumnKind.Time, queued => queued.Waiter.QueuedAt.UtcDateTime);

    public static readonly Column Deadline = Table.Add("deadline", ColumnKind.Time, queued => queued.Waiter.Deadline.UtcDateTime);

    public static readonly Column ClientId =
        Table.Add("client_id", ColumnKind.Text, queued => queued.Waiter.ClientId, maxLength: LockLimits.MaxClientIdBytes);

    public static readonly Column ReplyAddress =
        Table.Add("reply_address", ColumnKind.Text, queued => queued.Waiter.ReplyTo.Address.OriginalString, isRequired: true);

    public static readonly Column ReplyRequestId =
        Table.Add("reply_request_id", ColumnKind.Id, queued => queued.Waiter.ReplyTo.RequestId);

    public static readonly Column LeaseId = Table.Add("lease_id", ColumnKind.Id, queued => queued.Waiter.Lease?.Id);

    public static readonly Column MayJoinCohort = Table.Add("may_join_cohort", ColumnKind.Flag, queued => queued.Waiter.MayJoinCohort);
}
