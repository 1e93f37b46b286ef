using System.Collections.Immutable;
using System.Data;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>Keeps locks in SQL Server, each operation one batch (<see cref="SqlServerStatements"/>).</summary>
internal sealed class SqlServerLockStore(SqlServerDatabase database) : ILockStore
{
    // A statement whose text parameters have the same declared length every time has one plan.
    private const int Unlimited = -1;

    // Microseconds; the parameter must not be finer than the column it is compared with.
    private const byte TimePrecision = 6;

    public async Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (ids.Count == 0)
            return [];

        return await database.ExecuteAsync(
            SqlServerStatements.Load,
            [Json("@ids", CommitJson.Ids(ids))],
            (reader, cancel) => StoredLockReader.ReadAsync(reader, ids.Count, cancel),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (writes.Count == 0)
            return ImmutableHashSet<Guid>.Empty;

        var (batch, parameters) = CommitBatch(writes);
        return await database.ExecuteAsync<IReadOnlySet<Guid>>(
            batch,
            parameters,
            async (reader, cancel) =>
            {
                HashSet<Guid>? refused = null;
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    (refused ??= []).Add(reader.GetGuid(0));

                return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(
        DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync<IReadOnlyList<OverdueLock>>(
            SqlServerStatements.FindOverdue,
            [Time("@dueBefore", dueBefore), Number("@limit", limit)],
            async (reader, cancel) =>
            {
                var overdue = new List<OverdueLock>();
                while (await reader.ReadAsync(cancel).ConfigureAwait(false))
                    overdue.Add(new OverdueLock(reader.GetString(0), reader.GetInt64(1), reader.GetDateTimeOffset(2)));

                return overdue;
            },
            cancellationToken).ConfigureAwait(false);

    public async Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
        await database.ExecuteAsync(
            SqlServerStatements.PurgeIdle,
            [Time("@idleSince", idleSince), Number("@limit", limit)],
            async (reader, cancel) =>
                await reader.ReadAsync(cancel).ConfigureAwait(false) ? reader.GetInt32(0) : 0,
            cancellationToken).ConfigureAwait(false);

    internal static (string Batch, SqlParameter[] Parameters) CommitBatch(IReadOnlyList<LockWrite> writes) =>
        writes.Any(write => write.Enqueued.Count > 0 || write.Dequeued.Count > 0)
            ? (SqlServerStatements.CommitWithWaiters,
                [
                    Json("@writes", CommitJson.Writes(writes)),
                    Json("@dequeued", CommitJson.Dequeued(writes)),
                    Json("@enqueued", CommitJson.Enqueued(writes)),
                ])
            : (SqlServerStatements.Commit, [Json("@writes", CommitJson.Writes(writes))]);

    private static SqlParameter Json(string name, string json) => new(name, SqlDbType.NVarChar, Unlimited) { Value = json };

    private static SqlParameter Number(string name, int number) => new(name, SqlDbType.Int) { Value = number };

    private static SqlParameter Time(string name, DateTimeOffset time) =>
        new(name, SqlDbType.DateTimeOffset) { Scale = TimePrecision, Value = time.ToUniversalTime() };
}
