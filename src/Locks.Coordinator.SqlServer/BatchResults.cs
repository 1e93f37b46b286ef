using System.Collections.Immutable;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>What the batches give back.</summary>
internal static class BatchResults
{
    /// <summary>What a commit refused: nothing, as a rule.</summary>
    public static async Task<IReadOnlySet<Guid>> ReadRefusedAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        HashSet<Guid>? refused = null;
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            (refused ??= []).Add(reader.GetGuid(0));

        return refused is null ? ImmutableHashSet<Guid>.Empty : refused;
    }

    public static async Task<IReadOnlyList<Guid>> ReadIdsAsync(SqlDataReader reader, CancellationToken cancellationToken)
    {
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            ids.Add(reader.GetGuid(0));

        return ids;
    }

    public static async Task<int> ReadNumberAsync(SqlDataReader reader, CancellationToken cancellationToken) =>
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? reader.GetInt32(0) : 0;
}
