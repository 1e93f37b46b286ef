using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Relational;

/// <summary>The table of the locks, each with its holder if it has one.</summary>
internal static class LockColumns
{
    public static readonly Table<LockWrite> Table = new("locks");

    public static readonly Column Id = Table.Add("id", ColumnKind.Id, write => write.Id, ColumnRole.Key);

    /// <summary>The version that the row must have to be replaced; 0 when there must be none.</summary>
    public static readonly Column ExpectedVersion =
        Table.Add("expected_version", ColumnKind.Number, write => write.ExpectedVersion, ColumnRole.Compared);

    public static readonly Column Version = Table.Add("version", ColumnKind.Number, write => write.NewVersion);

    public static readonly Column Key = Table.Add(
        "key", ColumnKind.Text, write => write.State.Key, ColumnRole.Fixed, isRequired: true, LockLimits.MaxKeyBytes);

    public static readonly Column State =
        Table.Add("state", ColumnKind.Code, write => write.State.Stage.Name(), isRequired: true, maxLength: LockRow.MaxStateLength);

    /// <summary>
    /// The highest fencing token that was granted: of a cohort, the last one's. The holder's own follows from its number.
    /// </summary>
    public static readonly Column LastFence = Table.Add("last_fence", ColumnKind.Number, write => write.State.LastFence);

    public static readonly Column LastTicket = Table.Add("last_ticket", ColumnKind.Number, write => write.State.LastTicket);

    public static readonly Column HolderAcquireId =
        Table.Add("holder_acquire_id", ColumnKind.Id, write => write.State.Holder?.AcquireId);

    public static readonly Column HolderOwner =
        Table.Add("holder_owner", ColumnKind.Text, write => write.State.Holder?.Owner, maxLength: LockLimits.MaxOwnerBytes);

    public static readonly Column HolderToken =
        Table.Add("holder_token", ColumnKind.Text, write => write.State.Holder?.Token.Value, maxLength: LockLimits.MaxOwnerTokenBytes);

    public static readonly Column HolderTtl =
        Table.Add("holder_ttl", ColumnKind.Duration, write => write.State.Holder is { } holder ? Micros.Of(holder.Ttl) : (long?)null);

    public static readonly Column HolderGrantedAt =
        Table.Add("holder_granted_at", ColumnKind.Time, write => write.State.Holder?.GrantedAt.UtcDateTime);

    public static readonly Column HolderExpiresAt =
        Table.Add("holder_expires_at", ColumnKind.Time, write => write.State.Holder?.ExpiresAt.UtcDateTime);

    public static readonly Column HolderClientId =
        Table.Add("holder_client_id", ColumnKind.Text, write => write.State.Holder?.ClientId, maxLength: LockLimits.MaxClientIdBytes);

    public static readonly Column HolderNotifyAddress =
        Table.Add("holder_notify_address", ColumnKind.Text, write => write.State.Holder?.NotifyAt?.Address.OriginalString);

    public static readonly Column HolderNotifyRequestId =
        Table.Add("holder_notify_request_id", ColumnKind.Id, write => write.State.Holder?.NotifyAt?.RequestId);

    public static readonly Column HolderLeaseId =
        Table.Add("holder_lease_id", ColumnKind.Id, write => write.State.Holder?.Lease?.Id);

    public static readonly Column HolderReleasedAt =
        Table.Add("holder_released_at", ColumnKind.Time, write => write.State.Holder?.ReleasedAt?.UtcDateTime);

    public static readonly Column HolderCohort =
        Table.Add("holder_cohort", ColumnKind.Bytes, write => CohortFormat.Write(write.State.Holder?.Cohort));

    public static readonly Column DueAt = Table.Add("due_at", ColumnKind.Time, write => write.State.DueAt?.UtcDateTime);

    public static readonly Column ExpiryTokenId = Table.Add("expiry_token_id", ColumnKind.Id, write => write.ExpiryTokenId);

    public static readonly Column Ended = Table.Add("ended", ColumnKind.Bytes, write => EndedAttemptsFormat.Write(write.State.Ended));

    public static readonly Column WrittenAt = Table.Add("written_at", ColumnKind.Time, write => write.WrittenAt.UtcDateTime);
}
