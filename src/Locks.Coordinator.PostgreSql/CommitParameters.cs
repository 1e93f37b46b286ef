using Locks.Coordinator.Domain;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>A set of writes as the arrays that the statement unnests: one for each column.</summary>
internal static class CommitParameters
{
    public static void AddLocks(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        Add(parameters, NpgsqlDbType.Uuid, writes, write => write.Id);
        Add(parameters, NpgsqlDbType.Bigint, writes, write => write.ExpectedVersion);
        Add(parameters, NpgsqlDbType.Bigint, writes, write => write.NewVersion);
        Add(parameters, NpgsqlDbType.Text, writes, write => write.State.Key);
        Add(parameters, NpgsqlDbType.Text, writes, write => write.State.Holder is null ? LockRow.Free : LockRow.Held);
        Add(parameters, NpgsqlDbType.Bigint, writes, write => write.State.LastFence);
        Add(parameters, NpgsqlDbType.Bigint, writes, write => write.State.LastTicket);
        Add(parameters, NpgsqlDbType.Uuid, writes, write => write.State.Holder?.AcquireId);
        Add(parameters, NpgsqlDbType.Text, writes, write => write.State.Holder?.Owner);
        Add(parameters, NpgsqlDbType.Text, writes, write => write.State.Holder?.Token.Value);
        Add(parameters, NpgsqlDbType.Bigint, writes, write => write.State.Holder is { } holder ? Micros.Of(holder.Lease) : (long?)null);
        Add(parameters, NpgsqlDbType.TimestampTz, writes, write => write.State.Holder?.GrantedAt.UtcDateTime);
        Add(parameters, NpgsqlDbType.TimestampTz, writes, write => write.State.Holder?.ExpiresAt.UtcDateTime);
        Add(parameters, NpgsqlDbType.Boolean, writes, write => write.State.Holder?.Confirmed);
        Add(parameters, NpgsqlDbType.Text, writes, write => write.State.Holder?.ClientId);
        Add(parameters, NpgsqlDbType.TimestampTz, writes, write => write.State.DueAt?.UtcDateTime);
        Add(parameters, NpgsqlDbType.Uuid, writes, write => write.ExpiryTokenId);
        Add(parameters, NpgsqlDbType.Bytea, writes, write => EndedAttemptsFormat.Write(write.State.Ended));
        Add(parameters, NpgsqlDbType.TimestampTz, writes, write => write.WrittenAt.UtcDateTime);
    }

    public static void AddWaiters(NpgsqlParameterCollection parameters, IReadOnlyList<LockWrite> writes)
    {
        var dequeued = new List<(Guid Id, long Position)>();
        var enqueued = new List<(Guid Id, Waiter Waiter)>();
        foreach (var write in writes)
        {
            foreach (var position in write.Dequeued)
                dequeued.Add((write.Id, position));
            foreach (var waiter in write.Enqueued)
                enqueued.Add((write.Id, waiter));
        }

        Add(parameters, NpgsqlDbType.Uuid, dequeued, gone => gone.Id);
        Add(parameters, NpgsqlDbType.Bigint, dequeued, gone => gone.Position);

        Add(parameters, NpgsqlDbType.Uuid, enqueued, queued => queued.Id);
        Add(parameters, NpgsqlDbType.Bigint, enqueued, queued => queued.Waiter.Position);
        Add(parameters, NpgsqlDbType.Uuid, enqueued, queued => queued.Waiter.AcquireId);
        Add(parameters, NpgsqlDbType.Text, enqueued, queued => queued.Waiter.Owner);
        Add(parameters, NpgsqlDbType.Text, enqueued, queued => queued.Waiter.Token.Value);
        Add(parameters, NpgsqlDbType.Bigint, enqueued, queued => Micros.Of(queued.Waiter.Lease));
        Add(parameters, NpgsqlDbType.TimestampTz, enqueued, queued => queued.Waiter.QueuedAt.UtcDateTime);
        Add(parameters, NpgsqlDbType.TimestampTz, enqueued, queued => queued.Waiter.Deadline.UtcDateTime);
        Add(parameters, NpgsqlDbType.Text, enqueued, queued => queued.Waiter.ClientId);
        Add(parameters, NpgsqlDbType.Text, enqueued, queued => queued.Waiter.ReplyTo.Address.OriginalString);
        Add(parameters, NpgsqlDbType.Uuid, enqueued, queued => queued.Waiter.ReplyTo.RequestId);
    }

    private static void Add<TSource, T>(
        NpgsqlParameterCollection parameters, NpgsqlDbType type, IReadOnlyList<TSource> source, Func<TSource, T> column)
    {
        var values = new T[source.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = column(source[i]);

        parameters.Add(new NpgsqlParameter<T[]> { NpgsqlDbType = NpgsqlDbType.Array | type, TypedValue = values });
    }
}
