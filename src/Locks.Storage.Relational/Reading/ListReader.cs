using Locks.Coordinator.Storage;

namespace Locks.Storage.Relational;

/// <summary>Reads what is overdue, lists of ids, counts, and the time.</summary>
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

    /// <summary>Reads a number of rows.</summary>
    public static async Task<int> ReadCountAsync(RowReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.Count(0) : 0;

    /// <summary>Reads a time.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static async Task<DateTimeOffset> ReadTimeAsync(RowReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? reader.Time(0)
            : throw new InvalidDataException("The database did not tell its time.");

    private static async Task<IReadOnlyList<T>> ReadAllAsync<T>(
        RowReader reader, Func<RowReader, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            all.Add(read(reader));

        return all;
    }
}
