using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>A set of writes as the arrays that the statement unnests: one for each column.</summary>
internal static class CommitParameters
{
    private static readonly ColumnBinder<LockWrite>[] LockBinders = ColumnBinder<LockWrite>.For(LockColumns.Table);
    private static readonly ColumnBinder<QueuedWaiter>[] WaiterBinders = ColumnBinder<QueuedWaiter>.For(WaiterColumns.Table);
    private static readonly ColumnBinder<LeaseWrite>[] LeaseBinders = ColumnBinder<LeaseWrite>.For(LeaseColumns.Table);

    /// <summary>Locks, an array for each of their columns.</summary>
    public static void AddLocks(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        foreach (var column in LockBinders)
            column.Bind(parameters, writes);
    }

    /// <summary>One lock, a value for each of its columns.</summary>
    public static void AddLock(NpgsqlParameterCollection parameters, LockWrite write)
    {
        foreach (var column in LockBinders)
            column.Bind(parameters, write);
    }

    public static void AddWaiters(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        var dequeued = new List<(Guid Id, long Ticket)>();
        var enqueued = new List<QueuedWaiter>();
        foreach (var write in writes)
        {
            foreach (var ticket in write.Dequeued)
                dequeued.Add((write.Id, ticket));
            foreach (var waiter in write.Enqueued)
                enqueued.Add(new QueuedWaiter(write.Id, waiter));
        }

        parameters.Bind(NpgsqlDbType.Uuid, dequeued, waiter => waiter.Id);
        parameters.Bind(NpgsqlDbType.Bigint, dequeued, waiter => waiter.Ticket);
        foreach (var column in WaiterBinders)
            column.Bind(parameters, enqueued);
    }

    public static void AddAttachments(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        var attachments = writes.SelectMany(write => write.AttachesTo, (write, lease) => (Lock: write.Id, Lease: lease)).ToList();
        parameters.Bind(NpgsqlDbType.Uuid, attachments, attachment => attachment.Lock);
        parameters.Bind(NpgsqlDbType.Uuid, attachments, attachment => attachment.Lease);
    }

    public static void AddLeases(NpgsqlParameterCollection parameters, IReadOnlyList<LeaseWrite> writes)
    {
        foreach (var column in LeaseBinders)
            column.Bind(parameters, writes);
    }
}
