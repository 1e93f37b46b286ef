using System.Data.Common;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// Makes locks out of rows. Holders and waiters are so alike that one shape serves both: a row without a ticket is a lock (with its
/// holder, if any), one with a ticket is a waiter. They may come in any order, in one result or several. The shared leases that they
/// name are in columns behind those of each row, or come as rows of their own.
/// </summary>
internal static class StoredLockReader
{
    private const int LockId = 0, Ticket = 1, AcquireId = 2, Owner = 3, Token = 4, Lease = 5, Since = 6, Until = 7, ClientId = 8;
    private const int Key = 9, Version = 10, LastFence = 11, LastTicket = 12, Confirmed = 13, ExpiryTokenId = 14, Ended = 15;
    private const int ReplyAddress = 16, ReplyRequestId = 17, ReleasedAt = 18, SharedLeaseId = 19, HolderCohort = 20, LeaseInRow = 21;
    private const int MayJoinCohort = Confirmed;

    private const int LeaseId = 0, LeaseApart = 1, ColumnsOfALeaseApart = 4;
    private const int LeaseState = 0, LeaseExpiresAt = 1, LeaseTellAddress = 2;

    public static async Task<IReadOnlyList<StoredLock>> ReadAsync(DbDataReader reader, int expected, CancellationToken cancellationToken)
    {
        var locks = new List<StoredLock>(expected);
        Dictionary<Guid, List<Waiter>>? lines = null;
        Dictionary<Guid, LeaseSnapshot>? leases = null;
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (reader.FieldCount == ColumnsOfALeaseApart)
                {
                    var lease = ReadLease(reader, reader.GetGuid(LeaseId), LeaseApart);
                    (leases ??= []).Add(lease.Id, lease);
                }
                else if (reader.IsDBNull(Ticket))
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

        for (var i = 0; i < locks.Count; i++)
        {
            if (lines?.GetValueOrDefault(locks[i].Id) is { } line)
                locks[i] = locks[i] with { State = locks[i].State with { Waiters = WaitQueue.Of(line) } };
            if (leases is not null)
                locks[i] = locks[i] with { State = OnLeases(locks[i].State, id => leases.GetValueOrDefault(id) ?? LeaseSnapshot.NotFound(id)) };
        }

        return locks;
    }

    private static StoredLock ReadLock(DbDataReader row)
    {
        var fence = row.GetInt64(LastFence);
        var cohort = ReadCohort(row, fence);
        var holder = row.IsDBNull(AcquireId)
            ? null
            : new Holder(
                row.GetGuid(AcquireId),
                row.GetString(Owner),
                new OwnerToken(row.GetString(Token)),
                fence - (cohort?.Items.Length ?? 0),
                Micros.ToLease(row.GetInt64(Lease)),
                row.GetFieldValue<DateTimeOffset>(Since),
                row.GetFieldValue<DateTimeOffset>(Until),
                StageOf(row),
                row.TextOrNull(ClientId),
                row.ReplyToOrNull(ReplyAddress, ReplyRequestId),
                Lease: null,
                row.TimeOrNull(ReleasedAt),
                cohort);
        if (holder is not null && LeaseOrNull(row) is { } lease)
            holder = holder.OnLease(lease);
        var state = new LockState(
            row.GetString(Key), fence, row.GetInt64(LastTicket), holder, WaitQueue.Empty, EndedAttemptsFormat.Read(row.BytesOrNull(Ended)));
        return new StoredLock(row.GetGuid(LockId), row.GetInt64(Version), state, row.GuidOrNull(ExpiryTokenId));
    }

    private static Waiter ReadWaiter(DbDataReader row) => new(
        row.GetInt64(Ticket),
        row.GetGuid(AcquireId),
        row.GetString(Owner),
        new OwnerToken(row.GetString(Token)),
        Micros.ToLease(row.GetInt64(Lease)),
        row.GetFieldValue<DateTimeOffset>(Since),
        row.GetFieldValue<DateTimeOffset>(Until),
        row.TextOrNull(ClientId),
        new ReplyTo(new Uri(row.GetString(ReplyAddress)), row.GuidOrNull(ReplyRequestId)),
        LeaseOrNull(row),
        row.GetBoolean(MayJoinCohort));

    private static LockStage StageOf(DbDataReader row) =>
        !row.IsDBNull(ReleasedAt) ? LockStage.Cooling : row.GetBoolean(Confirmed) ? LockStage.Held : LockStage.Offered;

    // Those that a coordinator left there which does not know the column are not the holder's: their numbers are older.
    private static Cohort? ReadCohort(DbDataReader row, long lastFence) =>
        row.BytesOrNull(HolderCohort) is { } bytes && CohortFormat.Read(bytes) is { } cohort && cohort.LastFence == lastFence
            ? cohort
            : null;

    // A lease that comes apart is not there until it comes.
    private static LeaseSnapshot? LeaseOrNull(DbDataReader row) =>
        row.IsDBNull(SharedLeaseId) ? null
        : row.FieldCount > LeaseInRow ? ReadLease(row, row.GetGuid(SharedLeaseId), LeaseInRow)
        : LeaseSnapshot.NotFound(row.GetGuid(SharedLeaseId));

    // One that was revoked before it was granted has no terms.
    private static LeaseSnapshot ReadLease(DbDataReader row, Guid id, int first) =>
        row.IsDBNull(first + LeaseExpiresAt)
            ? LeaseSnapshot.NotFound(id)
            : new LeaseSnapshot(
                id,
                row.GetFieldValue<DateTimeOffset>(first + LeaseExpiresAt),
                HasEnded: row.GetString(first + LeaseState) != LeaseRow.Active,
                row.TextOrNull(first + LeaseTellAddress) is { } address ? new Uri(address) : null);

    private static LockState OnLeases(LockState state, Func<Guid, LeaseSnapshot> lookUp) => state with
    {
        Holder = state.Holder is { Lease: { } lease } holder ? holder.OnLease(lookUp(lease.Id)) : state.Holder,
        Waiters = state.Waiters.OnLeases(lookUp),
    };
}
