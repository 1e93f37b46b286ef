using System.Collections.Immutable;
using Locks.Coordinator.Storage;

namespace Locks.Storage.Relational;

/// <summary>Reads what is overdue, lists of ids, and counts.</summary>
internal static class ListReader
{
    /// <summary>What is selected of an overdue lock.</summary>
    public static IReadOnlyList<Column> OfLocks { get; } = [LockColumns.Key, LockColumns.LastFence, LockColumns.DueAt];

    /// <summary>What is selected of an overdue lease.</summary>
    public static IReadOnlyList<Column> OfLeases { get; } = [LeaseColumns.Id, LeaseColumns.DueAt];

    public static Task<IReadOnlyList<OverdueLock>> ReadLocksAsync(RowReader reader, CancellationToken cancellationToken) =>
        ReadAllAsync(reader, row => new OverdueLock(row.Text(0), row.Number(1), row.Time(2)), cancellationToken);

    public static Task<IReadOnlyList<OverdueLease>> ReadLeasesAsync(RowReader reader, CancellationToken cancellationToken) =>
        ReadAllAsync(reader, row => new OverdueLease(row.Id(0), row.Time(1)), cancellationToken);

    public static Task<IReadOnlyList<Guid>> ReadIdsAsync(RowReader reader, CancellationToken cancellationToken) =>
        ReadAllAsync(reader, row => row.Id(0), cancellationToken);

    /// <summary>Reads what a commit refused: nothing, as a rule.</summary>
    public static async Task<IReadOnlySet<Guid>> ReadRefusedAsync(RowReader reader, CancellationToken cancellationToken)
    {
        HashSet<Guid>? refused = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            (refused ??= []).Add(reader.Id(0));

        return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
    }

    /// <summary>Reads a number of rows.</summary>
    public static async Task<int> ReadCountAsync(RowReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.Count(0) : 0;

    private static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        RowReader reader, Func<RowReader, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            all.Add(read(reader));

        return all;
    }
}
