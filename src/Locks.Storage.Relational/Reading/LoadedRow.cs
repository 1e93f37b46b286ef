namespace Locks.Storage.Relational;

/// <summary>
/// The one shape in which locks and waiters are loaded, so that a union of both is one statement and hence one snapshot. Holders and
/// waiters are so alike that most columns serve both; a row without a ticket is a lock, with its holder if it has one. The lease that a
/// row names may follow in columns behind those.
/// </summary>
internal static class LoadedRow
{
    private static readonly List<(Column? OfLock, Column? OfWaiter)> Pairs = [];

    public static readonly int LockId = Add(LockColumns.Id, WaiterColumns.LockId);
    public static readonly int Ticket = Add(null, WaiterColumns.Ticket);
    public static readonly int AcquireId = Add(LockColumns.HolderAcquireId, WaiterColumns.AcquireId);
    public static readonly int Owner = Add(LockColumns.HolderOwner, WaiterColumns.Owner);
    public static readonly int Token = Add(LockColumns.HolderToken, WaiterColumns.Token);
    public static readonly int Ttl = Add(LockColumns.HolderTtl, WaiterColumns.Ttl);
    public static readonly int Since = Add(LockColumns.HolderGrantedAt, WaiterColumns.QueuedAt);
    public static readonly int Until = Add(LockColumns.HolderExpiresAt, WaiterColumns.Deadline);
    public static readonly int ClientId = Add(LockColumns.HolderClientId, WaiterColumns.ClientId);
    public static readonly int Key = Add(LockColumns.Key, null);
    public static readonly int Version = Add(LockColumns.Version, null);
    public static readonly int State = Add(LockColumns.State, null);
    public static readonly int LastFence = Add(LockColumns.LastFence, null);
    public static readonly int LastTicket = Add(LockColumns.LastTicket, null);
    public static readonly int MayJoinCohort = Add(null, WaiterColumns.MayJoinCohort);
    public static readonly int ExpiryTokenId = Add(LockColumns.ExpiryTokenId, null);
    public static readonly int Ended = Add(LockColumns.Ended, null);
    public static readonly int ReplyAddress = Add(LockColumns.HolderNotifyAddress, WaiterColumns.ReplyAddress);
    public static readonly int ReplyRequestId = Add(LockColumns.HolderNotifyRequestId, WaiterColumns.ReplyRequestId);
    public static readonly int ReleasedAt = Add(LockColumns.HolderReleasedAt, null);
    public static readonly int LeaseId = Add(LockColumns.HolderLeaseId, WaiterColumns.LeaseId);
    public static readonly int Cohort = Add(LockColumns.HolderCohort, null);

    /// <summary>Where the columns of the lease begin, if they follow: those of <see cref="Lease"/>.</summary>
    public static readonly int LeaseInRow = Pairs.Count;

    /// <summary>What locks and waiters need to know of their lease.</summary>
    public static IReadOnlyList<Column> Lease { get; } = [LeaseColumns.State, LeaseColumns.ExpiresAt, LeaseColumns.NotifyAddress];

    /// <summary>The select list for locks.</summary>
    /// <param name="select">How a column is selected.</param>
    /// <param name="absent">How a column of a kind is selected that locks do not have.</param>
    public static IEnumerable<string> OfLocks(Func<Column, string> select, Func<ColumnKind, string> absent) =>
        Pairs.Select(pair => pair.OfLock is { } column ? select(column) : absent(pair.OfWaiter!.Kind));

    /// <summary>The select list for waiters.</summary>
    /// <param name="select">How a column is selected.</param>
    /// <param name="absent">How a column of a kind is selected that waiters do not have.</param>
    public static IEnumerable<string> OfWaiters(Func<Column, string> select, Func<ColumnKind, string> absent) =>
        Pairs.Select(pair => pair.OfWaiter is { } column ? select(column) : absent(pair.OfLock!.Kind));

    private static int Add(Column? ofLock, Column? ofWaiter)
    {
        Pairs.Add((ofLock, ofWaiter));
        return Pairs.Count - 1;
    }
}
