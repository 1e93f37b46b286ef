using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;
using static Locks.Storage.Relational.LoadedRow;

namespace Locks.Storage.Relational;

/// <summary>
/// Makes locks out of rows (<see cref="LoadedRow"/>). They may come in any order, in one result or several. The leases that they name are
/// in columns behind those of each row, or come as rows of their own.
/// </summary>
internal static class LockReader
{
    // A lease that comes as a row of its own: its id, and then what follows a row elsewhere.
    private const int LeaseApartId = 0, LeaseApart = 1;

    private const int LeaseState = 0, LeaseExpiresAt = 1, LeaseNotifyAddress = 2;

    /// <summary>What is selected of leases that come as rows of their own.</summary>
    public static IReadOnlyList<Column> LeasesApart { get; } = [LeaseColumns.Id, .. Lease];

    public static async Task<IReadOnlyList<StoredLock>> ReadAsync(RowReader reader, int expected, CancellationToken cancellationToken)
    {
        var locks = new List<StoredLock>(expected);
        Dictionary<Guid, List<Waiter>>? queues = null;
        Dictionary<Guid, LeaseSnapshot>? leases = null;
        do
        {
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (reader.FieldCount == LeasesApart.Count)
                {
                    var lease = ReadLease(reader, reader.Id(LeaseApartId), LeaseApart);
                    (leases ??= []).Add(lease.Id, lease);
                }
                else if (reader.IsNull(Ticket))
                {
                    locks.Add(ReadLock(reader));
                }
                else
                {
                    queues ??= [];
                    var id = reader.Id(LockId);
                    if (!queues.TryGetValue(id, out var queue))
                        queues.Add(id, queue = []);
                    queue.Add(ReadWaiter(reader));
                }
            }
        }
        while (await reader.NextResultAsync(cancellationToken).ConfigureAwait(false));

        for (var i = 0; i < locks.Count; i++)
        {
            if (queues?.GetValueOrDefault(locks[i].Id) is { } queue)
                locks[i] = locks[i] with { State = locks[i].State with { Waiters = WaitQueue.Of(queue) } };
            if (leases is not null)
                locks[i] = locks[i] with { State = OnLeases(locks[i].State, Find) };
        }

        return locks;

        LeaseSnapshot Find(Guid id) => leases.GetValueOrDefault(id) ?? LeaseSnapshot.NotFound(id);
    }

    private static StoredLock ReadLock(RowReader row)
    {
        var fence = row.Number(LastFence);
        var state = new LockState(
            row.Text(Key),
            fence,
            row.Number(LastTicket),
            ReadHolder(row, StageOf(row), fence),
            WaitQueue.Empty,
            EndedAttemptsFormat.Read(row.BytesOrNull(Ended)));
        return new StoredLock(row.Id(LockId), row.Number(LoadedRow.Version), state, row.IdOrNull(ExpiryTokenId));
    }

    private static Holder? ReadHolder(RowReader row, LockStage stage, long lastFence)
    {
        if (stage == LockStage.Free)
            return null;

        var cohort = ReadCohort(row, lastFence);
        var holder = new Holder(
            row.Id(AcquireId),
            row.Text(Owner),
            new OwnerToken(row.Text(Token)),
            lastFence - (cohort?.Items.Length ?? 0),
            row.Duration(Ttl),
            row.Time(Since),
            row.Time(Until),
            stage,
            row.TextOrNull(ClientId),
            row.ReplyToOrNull(ReplyAddress, ReplyRequestId),
            ReleasedAt: row.TimeOrNull(ReleasedAt),
            Cohort: cohort);
        return LeaseOrNull(row) is { } lease ? holder.OnLease(lease) : holder;
    }

    // The database checks the same (see LocksDbContext), unless that was switched off or a newer version knows more states.
    private static LockStage StageOf(RowReader row)
    {
        var (state, hasHolder, isReleased) = (row.Text(LoadedRow.State), !row.IsNull(AcquireId), !row.IsNull(ReleasedAt));
        return (state, hasHolder, isReleased) switch
        {
            (LockRow.Free, false, false) => LockStage.Free,
            (LockRow.Offered, true, false) => LockStage.Offered,
            (LockRow.Held, true, false) => LockStage.Held,
            (LockRow.Cooling, true, true) => LockStage.Cooling,
            _ => throw new InvalidDataException(
                $"The lock '{row.Text(Key)}' is stored in the state '{state}' with {(hasHolder ? "a" : "no")} holder and "
                + $"{(isReleased ? "a" : "no")} time of its release, which this version of Locks cannot read; "
                + "was the lock written by a newer one?"),
        };
    }

    private static Waiter ReadWaiter(RowReader row) => new(
        row.Number(Ticket),
        row.Id(AcquireId),
        row.Text(Owner),
        new OwnerToken(row.Text(Token)),
        row.Duration(Ttl),
        row.Time(Since),
        row.Time(Until),
        row.TextOrNull(ClientId),
        row.ReplyToOrNull(ReplyAddress, ReplyRequestId)!,
        LeaseOrNull(row),
        row.Flag(MayJoinCohort));

    // A cohort whose last number is not the lock's belongs to an earlier holder.
    private static Cohort? ReadCohort(RowReader row, long lastFence) =>
        CohortFormat.Read(row.BytesOrNull(LoadedRow.Cohort), lastFence);

    // A lease that comes as a row of its own counts as not found until that row comes.
    private static LeaseSnapshot? LeaseOrNull(RowReader row) =>
        row.IsNull(LeaseId) ? null
        : row.FieldCount > LeaseInRow ? ReadLease(row, row.Id(LeaseId), LeaseInRow)
        : LeaseSnapshot.NotFound(row.Id(LeaseId));

    // A lease that was revoked before it was granted has no terms.
    private static LeaseSnapshot ReadLease(RowReader row, Guid id, int first) =>
        row.IsNull(first + LeaseExpiresAt)
            ? LeaseSnapshot.NotFound(id)
            : new LeaseSnapshot(
                id,
                row.Time(first + LeaseExpiresAt),
                HasEnded: row.Text(first + LeaseState) != LeaseRow.Active,
                row.TextOrNull(first + LeaseNotifyAddress) is { } address ? new Uri(address) : null);

    private static LockState OnLeases(LockState state, Func<Guid, LeaseSnapshot> lookUp) => state with
    {
        Holder = state.Holder is { Lease: { } lease } holder ? holder.OnLease(lookUp(lease.Id)) : state.Holder,
        Waiters = state.Waiters.OnLeases(lookUp),
    };
}
