using System.Data.Common;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// Makes locks out of rows. Holders and waiters are so alike that one shape serves both: a row without a position is a lock (with its
/// holder, if any), one with a position is a waiter. They may come in any order, in one result or several.
/// </summary>
internal static class StoredLockReader
{
    private const int LockId = 0, Position = 1, AcquireId = 2, Owner = 3, Token = 4, Lease = 5, Since = 6, Until = 7, ClientId = 8;
    private const int Key = 9, Version = 10, LastFence = 11, LastTicket = 12, Confirmed = 13, ExpiryTokenId = 14, Ended = 15;
    private const int ReplyAddress = 16, ReplyRequestId = 17;

    public static async Task<IReadOnlyList<StoredLock>> ReadAsync(DbDataReader reader, int expected, CancellationToken cancellationToken)
    {
        var locks = new List<StoredLock>(expected);
        Dictionary<Guid, List<Waiter>>? lines = null;
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (reader.IsDBNull(Position))
                {
                    locks.Add(ReadLock(reader));
                }
                else
                {
                    lines ??= [];
                    var id = reader.GetGuid(LockId);
                    if (!lines.TryGetValue(id, out var line))
                        lines.Add(id, line = []);
                    line.Add(ReadWaiter(reader));
                }
            }
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

        if (lines is null)
            return locks;

        for (var i = 0; i < locks.Count; i++)
        {
            if (lines.TryGetValue(locks[i].Id, out var line))
                locks[i] = locks[i] with { State = locks[i].State with { Waiters = WaitingLine.Of(line) } };
        }

        return locks;
    }

    private static StoredLock ReadLock(DbDataReader row)
    {
        var fence = row.GetInt64(LastFence);
        var holder = row.IsDBNull(AcquireId)
            ? null
            : new Holder(
                row.GetGuid(AcquireId),
                row.GetString(Owner),
                new OwnerToken(row.GetString(Token)),
                fence,
                Micros.ToLease(row.GetInt64(Lease)),
                row.GetFieldValue<DateTimeOffset>(Since),
                row.GetFieldValue<DateTimeOffset>(Until),
                row.GetBoolean(Confirmed),
                TextOrNull(row, ClientId));
        var ended = row.IsDBNull(Ended) ? null : row.GetFieldValue<byte[]>(Ended);
        var state = new LockState(
            row.GetString(Key), fence, row.GetInt64(LastTicket), holder, WaitingLine.Empty, EndedAttemptsFormat.Read(ended));
        return new StoredLock(row.GetGuid(LockId), row.GetInt64(Version), state, GuidOrNull(row, ExpiryTokenId));
    }

    private static Waiter ReadWaiter(DbDataReader row) => new(
        row.GetInt64(Position),
        row.GetGuid(AcquireId),
        row.GetString(Owner),
        new OwnerToken(row.GetString(Token)),
        Micros.ToLease(row.GetInt64(Lease)),
        row.GetFieldValue<DateTimeOffset>(Since),
        row.GetFieldValue<DateTimeOffset>(Until),
        TextOrNull(row, ClientId),
        new ReplyTo(new Uri(row.GetString(ReplyAddress)), GuidOrNull(row, ReplyRequestId)));

    private static string? TextOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static Guid? GuidOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);
}
