using System.Collections.Immutable;
using Locks.Coordinator.Clocks;

namespace Locks.Storage.Relational;

/// <summary>
/// Reads what a commit answers, in rows of an id and the database's time: an id was refused; the row without an id is there for its time.
/// </summary>
internal static class CommitReader
{
    /// <summary>Reads what was refused (nothing, as a rule), and hands the time to the coordinator's clock.</summary>
    /// <param name="reader">The rows.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="sentAt"><see cref="CoordinatorClock.Elapsed"/> before the statement was sent.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlySet<Guid>> ReadAsync(
        RowReader reader, CoordinatorClock clock, long sentAt, CancellationToken cancellationToken)
    {
        HashSet<Guid>? refused = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (reader.IsNull(0))
                clock.Observe(sentAt, reader.Time(1));
            else
                (refused ??= []).Add(reader.Id(0));
        }

        return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
    }
}
