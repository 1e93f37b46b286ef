using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Relational;

/// <summary>The table of the leases that several locks share.</summary>
internal static class LeaseColumns
{
    private const int MaxReasonLength = 32;

    public static readonly Table<LeaseWrite> Table = new("leases");

    public static readonly Column Id = Table.Add("id", ColumnKind.Id, write => write.State.Id, ColumnRole.Key);

    /// <summary>The version that the row must have to be replaced; 0 when there must be none.</summary>
    public static readonly Column ExpectedVersion =
        Table.Add("expected_version", ColumnKind.Number, write => write.ExpectedVersion, ColumnRole.Compared);

    public static readonly Column Version = Table.Add("version", ColumnKind.Number, write => write.NewVersion);

    public static readonly Column State =
        Table.Add("state", ColumnKind.Code, write => write.State.Stage.ToString(), isRequired: true, maxLength: LockRow.MaxStateLength);

    public static readonly Column Owner =
        Table.Add("owner", ColumnKind.Text, write => write.State.Grant?.Owner, maxLength: LockLimits.MaxOwnerBytes);

    public static readonly Column ClientId =
        Table.Add("client_id", ColumnKind.Text, write => write.State.Grant?.ClientId, maxLength: LockLimits.MaxClientIdBytes);

    public static readonly Column Ttl =
        Table.Add("ttl", ColumnKind.Duration, write => write.State.Grant is { } grant ? Micros.Of(grant.Ttl) : (long?)null);

    public static readonly Column GrantedAt = Table.Add("granted_at", ColumnKind.Time, write => write.State.Grant?.GrantedAt.UtcDateTime);

    public static readonly Column ExpiresAt = Table.Add("expires_at", ColumnKind.Time, write => write.State.Grant?.ExpiresAt.UtcDateTime);

    public static readonly Column NotifyAddress =
        Table.Add("notify_address", ColumnKind.Text, write => write.State.Grant?.NotifyAt?.Address.OriginalString);

    public static readonly Column NotifyRequestId =
        Table.Add("notify_request_id", ColumnKind.Id, write => write.State.Grant?.NotifyAt?.RequestId);

    public static readonly Column EndReason =
        Table.Add("end_reason", ColumnKind.Code, write => write.State.End?.Reason, maxLength: MaxReasonLength);

    public static readonly Column EndedBy =
        Table.Add("ended_by", ColumnKind.Text, write => write.State.End?.By, maxLength: LockLimits.MaxOwnerBytes);

    public static readonly Column EndedAt = Table.Add("ended_at", ColumnKind.Time, write => write.State.End?.At.UtcDateTime);

    public static readonly Column DueAt = Table.Add("due_at", ColumnKind.Time, write => write.State.DueAt?.UtcDateTime);

    public static readonly Column DueTokenId = Table.Add("due_token_id", ColumnKind.Id, write => write.DueTokenId);

    public static readonly Column WrittenAt = Table.Add("written_at", ColumnKind.Time, write => write.WrittenAt.UtcDateTime);
}
