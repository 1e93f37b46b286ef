using Locks.Coordinator.Domain;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>A set of writes as the arrays that the statement unnests: one for each column.</summary>
internal static class CommitParameters
{
    // In the order of the statement's parameters.
    private static readonly Column[] LockColumns =
    [
        Column.Of(NpgsqlDbType.Uuid, write => write.Id),
        Column.Of(NpgsqlDbType.Bigint, write => write.ExpectedVersion),
        Column.Of(NpgsqlDbType.Bigint, write => write.NewVersion),
        Column.Of(NpgsqlDbType.Text, write => write.State.Key),
        Column.Of(NpgsqlDbType.Text, write => write.State.Holder is null ? LockRow.Free : LockRow.Held),
        Column.Of(NpgsqlDbType.Bigint, write => write.State.LastFence),
        Column.Of(NpgsqlDbType.Bigint, write => write.State.LastTicket),
        Column.Of(NpgsqlDbType.Uuid, write => write.State.Holder?.AcquireId),
        Column.Of(NpgsqlDbType.Text, write => write.State.Holder?.Owner),
        Column.Of(NpgsqlDbType.Text, write => write.State.Holder?.Token.Value),
        Column.Of(NpgsqlDbType.Bigint, write => write.State.Holder is { } holder ? Micros.Of(holder.Ttl) : (long?)null),
        Column.Of(NpgsqlDbType.TimestampTz, write => write.State.Holder?.GrantedAt.UtcDateTime),
        Column.Of(NpgsqlDbType.TimestampTz, write => write.State.Holder?.ExpiresAt.UtcDateTime),
        Column.Of(NpgsqlDbType.Boolean, write => write.State.Holder is { } holder ? holder.Stage != LockStage.Offered : (bool?)null),
        Column.Of(NpgsqlDbType.Text, write => write.State.Holder?.ClientId),
        Column.Of(NpgsqlDbType.Text, write => write.State.Holder?.TellAt?.Address.OriginalString),
        Column.Of(NpgsqlDbType.Uuid, write => write.State.Holder?.TellAt?.RequestId),
        Column.Of(NpgsqlDbType.Uuid, write => write.State.Holder?.Lease?.Id),
        Column.Of(NpgsqlDbType.TimestampTz, write => write.State.Holder?.ReleasedAt?.UtcDateTime),
        Column.Of(NpgsqlDbType.Bytea, write => CohortFormat.Write(write.State.Holder?.Cohort)),
        Column.Of(NpgsqlDbType.TimestampTz, write => write.State.DueAt?.UtcDateTime),
        Column.Of(NpgsqlDbType.Uuid, write => write.ExpiryTokenId),
        Column.Of(NpgsqlDbType.Bytea, write => EndedAttemptsFormat.Write(write.State.Ended)),
        Column.Of(NpgsqlDbType.TimestampTz, write => write.WrittenAt.UtcDateTime),
    ];

    /// <summary>Locks, an array for each of their columns.</summary>
    public static void AddLocks(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        foreach (var column in LockColumns)
            column.Bind(parameters, writes);
    }

    /// <summary>One lock, a value for each of its columns.</summary>
    public static void AddLock(NpgsqlParameterCollection parameters, LockWrite write)
    {
        foreach (var column in LockColumns)
            column.Bind(parameters, write);
    }

    public static void AddWaiters(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        var dequeued = new List<(Guid Id, long Ticket)>();
        var enqueued = new List<(Guid Id, Waiter Waiter)>();
        foreach (var write in writes)
        {
            foreach (var ticket in write.Dequeued)
                dequeued.Add((write.Id, ticket));
            foreach (var waiter in write.Enqueued)
                enqueued.Add((write.Id, waiter));
        }

        parameters.Bind(NpgsqlDbType.Uuid, dequeued, gone => gone.Id);
        parameters.Bind(NpgsqlDbType.Bigint, dequeued, gone => gone.Ticket);

        parameters.Bind(NpgsqlDbType.Uuid, enqueued, queued => queued.Id);
        parameters.Bind(NpgsqlDbType.Bigint, enqueued, queued => queued.Waiter.Ticket);
        parameters.Bind(NpgsqlDbType.Uuid, enqueued, queued => queued.Waiter.AcquireId);
        parameters.Bind(NpgsqlDbType.Text, enqueued, queued => queued.Waiter.Owner);
        parameters.Bind(NpgsqlDbType.Text, enqueued, queued => queued.Waiter.Token.Value);
        parameters.Bind(NpgsqlDbType.Bigint, enqueued, queued => Micros.Of(queued.Waiter.Ttl));
        parameters.Bind(NpgsqlDbType.TimestampTz, enqueued, queued => queued.Waiter.QueuedAt.UtcDateTime);
        parameters.Bind(NpgsqlDbType.TimestampTz, enqueued, queued => queued.Waiter.Deadline.UtcDateTime);
        parameters.Bind(NpgsqlDbType.Text, enqueued, queued => queued.Waiter.ClientId);
        parameters.Bind(NpgsqlDbType.Text, enqueued, queued => queued.Waiter.ReplyTo.Address.OriginalString);
        parameters.Bind(NpgsqlDbType.Uuid, enqueued, queued => queued.Waiter.ReplyTo.RequestId);
        parameters.Bind(NpgsqlDbType.Uuid, enqueued, queued => queued.Waiter.Lease?.Id);
        parameters.Bind(NpgsqlDbType.Boolean, enqueued, queued => queued.Waiter.MayJoinCohort);
    }

    public static void AddAttachments(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        var attachments = writes.Where(write => write.AttachesTo is not null).ToList();
        parameters.Bind(NpgsqlDbType.Uuid, attachments, write => write.Id);
        parameters.Bind(NpgsqlDbType.Uuid, attachments, write => write.AttachesTo!.Value);
    }

    public static void AddLeases(NpgsqlParameterCollection parameters, IReadOnlyList<LeaseWrite> writes)
    {
        parameters.Bind(NpgsqlDbType.Uuid, writes, write => write.State.Id);
        parameters.Bind(NpgsqlDbType.Bigint, writes, write => write.ExpectedVersion);
        parameters.Bind(NpgsqlDbType.Bigint, writes, write => write.NewVersion);
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.Stage.ToString());
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.Grant?.Owner);
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.Grant?.ClientId);
        parameters.Bind(NpgsqlDbType.Bigint, writes, write => write.State.Grant is { } grant ? Micros.Of(grant.Ttl) : (long?)null);
        parameters.Bind(NpgsqlDbType.TimestampTz, writes, write => write.State.Grant?.GrantedAt.UtcDateTime);
        parameters.Bind(NpgsqlDbType.TimestampTz, writes, write => write.State.Grant?.ExpiresAt.UtcDateTime);
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.Grant?.TellAt?.Address.OriginalString);
        parameters.Bind(NpgsqlDbType.Uuid, writes, write => write.State.Grant?.TellAt?.RequestId);
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.End?.Reason);
        parameters.Bind(NpgsqlDbType.Text, writes, write => write.State.End?.By);
        parameters.Bind(NpgsqlDbType.TimestampTz, writes, write => write.State.End?.At.UtcDateTime);
        parameters.Bind(NpgsqlDbType.TimestampTz, writes, write => write.State.DueAt?.UtcDateTime);
        parameters.Bind(NpgsqlDbType.Uuid, writes, write => write.DueTokenId);
        parameters.Bind(NpgsqlDbType.TimestampTz, writes, write => write.WrittenAt.UtcDateTime);
    }

    /// <summary>A column of the locks.</summary>
    private abstract class Column
    {
        public static Column Of<T>(NpgsqlDbType type, Func<LockWrite, T> value) => new Typed<T>(type, value);

        public abstract void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes);

        public abstract void Bind(NpgsqlParameterCollection parameters, LockWrite write);

        private sealed class Typed<T>(NpgsqlDbType type, Func<LockWrite, T> value) : Column
        {
            public override void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes) =>
                parameters.Bind(type, writes, value);

            public override void Bind(NpgsqlParameterCollection parameters, LockWrite write) => parameters.Bind(type, value(write));
        }
    }
}
