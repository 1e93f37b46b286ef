using System.Data.Common;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>Makes shared leases out of rows.</summary>
internal static class StoredLeaseReader
{
    private const int Id = 0, State = 1, Version = 2, Owner = 3, ClientId = 4, Ttl = 5, GrantedAt = 6, ExpiresAt = 7;
    private const int TellAddress = 8, TellRequestId = 9, EndReason = 10, EndedBy = 11, EndedAt = 12, DueTokenId = 13;

    public static async Task<IReadOnlyList<StoredLease>> ReadAsync(DbDataReader reader, int expected, CancellationToken cancellationToken)
    {
        var leases = new List<StoredLease>(expected);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            leases.Add(Read(reader));

        return leases;
    }

    public static async Task<IReadOnlyList<OverdueLease>> ReadOverdueAsync(DbDataReader reader, CancellationToken cancellationToken)
    {
        var overdue = new List<OverdueLease>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            overdue.Add(new OverdueLease(reader.GetGuid(0), reader.GetFieldValue<DateTimeOffset>(1)));

        return overdue;
    }

    private static StoredLease Read(DbDataReader row)
    {
        var grant = row.IsDBNull(ExpiresAt)
            ? null
            : new LeaseGrant(
                row.GetString(Owner),
                row.TextOrNull(ClientId),
                Micros.ToLease(row.GetInt64(Ttl)),
                row.GetFieldValue<DateTimeOffset>(GrantedAt),
                row.GetFieldValue<DateTimeOffset>(ExpiresAt),
                row.ReplyToOrNull(TellAddress, TellRequestId));
        var end = row.IsDBNull(EndedAt)
            ? null
            : new LeaseEnd(row.GetString(EndReason), row.TextOrNull(EndedBy), row.GetFieldValue<DateTimeOffset>(EndedAt));
        var state = new LeaseState(row.GetGuid(Id), Enum.Parse<LeaseStage>(row.GetString(State)), grant, end);
        return new StoredLease(row.GetInt64(Version), state, row.GuidOrNull(DueTokenId));
    }
}
