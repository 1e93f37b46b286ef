using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Relational;

/// <summary>Makes leases out of rows.</summary>
internal static class LeaseReader
{
    /// <summary>What is selected of a lease: all that is not made from the rest.</summary>
    public static readonly IReadOnlyList<Column> Selected =
        [.. LeaseColumns.Table.Stored.Except([LeaseColumns.DueAt, LeaseColumns.WrittenAt])];

    private static readonly int Id = Of(LeaseColumns.Id), State = Of(LeaseColumns.State), Version = Of(LeaseColumns.Version);
    private static readonly int Owner = Of(LeaseColumns.Owner), ClientId = Of(LeaseColumns.ClientId), Ttl = Of(LeaseColumns.Ttl);
    private static readonly int GrantedAt = Of(LeaseColumns.GrantedAt), ExpiresAt = Of(LeaseColumns.ExpiresAt);
    private static readonly int NotifyAddress = Of(LeaseColumns.NotifyAddress), NotifyRequestId = Of(LeaseColumns.NotifyRequestId);
    private static readonly int EndReason = Of(LeaseColumns.EndReason), EndedBy = Of(LeaseColumns.EndedBy);
    private static readonly int EndedAt = Of(LeaseColumns.EndedAt), DueTokenId = Of(LeaseColumns.DueTokenId);

    public static async Task<IReadOnlyList<StoredLease>> ReadAsync(RowReader reader, int expected, CancellationToken cancellationToken)
    {
        var leases = new List<StoredLease>(expected);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            leases.Add(Read(reader));

        return leases;
    }

    private static StoredLease Read(RowReader row)
    {
        var grant = row.IsNull(ExpiresAt)
            ? null
            : new LeaseGrant(
                row.Text(Owner),
                row.TextOrNull(ClientId),
                row.Duration(Ttl),
                row.Time(GrantedAt),
                row.Time(ExpiresAt),
                row.ReplyToOrNull(NotifyAddress, NotifyRequestId));
        var end = row.IsNull(EndedAt) ? null : new LeaseEnd(row.Text(EndReason), row.TextOrNull(EndedBy), row.Time(EndedAt));
        var state = new LeaseState(row.Id(Id), Enum.Parse<LeaseStage>(row.Text(State)), grant, end);
        return new StoredLease(row.Number(Version), state, row.IdOrNull(DueTokenId));
    }

    private static int Of(Column column) => Selected.Index().First(entry => entry.Item == column).Index;
}
