using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;

namespace Locks.EntityFrameworkCore;

/// <summary>Updates of a row that remembers the highest fencing token it has seen, and refuses a lower one.</summary>
/// <remarks>
/// <para>
/// Each is one statement, <c>UPDATE … SET …, fence = @token WHERE … AND fence &lt;= @token</c>, so nothing can come between the check and
/// the write. An equal token is accepted: it is the same grant, which may write as often as it likes. A row that was never fenced has 0.
/// </para>
/// <para>
/// A writer whose write depends on what it read raises the fence first, then reads, then writes: until the fence is raised, an earlier
/// holder may still write.
/// </para>
/// <para>
/// Use them for one row, or for rows that are always written together: of several rows, those that have seen a higher token stay unchanged
/// while the others are written. A lock that guards several rows or tables is fenced by
/// <see cref="LockFenceExtensions.RaiseFenceAsync"/>.
/// </para>
/// </remarks>
public static class FencedUpdateExtensions
{
    /// <summary>Writes to a row, and throws if the row has seen a higher fencing token.</summary>
    /// <typeparam name="TEntity">The entity, with a property for the highest token.</typeparam>
    /// <param name="rows">A <see cref="DbSet{TEntity}"/> with conditions (<c>Where</c>) on columns of its own.</param>
    /// <param name="fence">The property for the highest token; nothing else may write to it.</param>
    /// <param name="fencingToken">The token of the lock that the caller holds: 1 or more.</param>
    /// <param name="set">
    /// What to write, as for <c>ExecuteUpdateAsync</c>. Absent, only the fence is raised: in a transaction, the row is then locked until
    /// its end, and every other write of the transaction is fenced too.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many rows were written; 0 when there is no such row.</returns>
    /// <exception cref="ArgumentException">
    /// The token is below 1, the property is not a <see langword="long"/>, or the query is of a form for which the check would be unsafe.
    /// </exception>
    /// <exception cref="StaleFencingTokenException">The row has seen a higher token; nothing was written.</exception>
    public static async Task<int> ExecuteFencedUpdateAsync<TEntity>(
        this IQueryable<TEntity> rows,
        Expression<Func<TEntity, long>> fence,
        long fencingToken,
        Action<UpdateSettersBuilder<TEntity>>? set = null,
        CancellationToken cancellationToken = default)
        where TEntity : class
    {
        var written = await UpdateAsync(rows, fence, fencingToken, set, cancellationToken).ConfigureAwait(false);
        if (written > 0)
            return written;

        // Fences only rise: a row that was there, and whose fence is not higher now, would have been written.
        var highest = await rows.Select(fence).MaxAsync(token => (long?)token, cancellationToken).ConfigureAwait(false);
        return highest > fencingToken ? throw new StaleFencingTokenException(typeof(TEntity).Name, fencingToken, highest.Value) : 0;
    }

    /// <summary>Writes to a row unless it has seen a higher fencing token.</summary>
    /// <typeparam name="TEntity">The entity, with a property for the highest token.</typeparam>
    /// <param name="rows">A <see cref="DbSet{TEntity}"/> with conditions (<c>Where</c>) on columns of its own.</param>
    /// <param name="fence">The property for the highest token; nothing else may write to it.</param>
    /// <param name="fencingToken">The token of the lock that the caller holds: 1 or more.</param>
    /// <param name="set">What to write, as for <c>ExecuteUpdateAsync</c>. Absent, only the fence is raised.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the write was accepted. It is not when the row has seen a higher token, or when there is no such row.</returns>
    /// <exception cref="ArgumentException">
    /// The token is below 1, the property is not a <see langword="long"/>, or the query is of a form for which the check would be unsafe.
    /// </exception>
    public static async Task<bool> TryExecuteFencedUpdateAsync<TEntity>(
        this IQueryable<TEntity> rows,
        Expression<Func<TEntity, long>> fence,
        long fencingToken,
        Action<UpdateSettersBuilder<TEntity>>? set = null,
        CancellationToken cancellationToken = default)
        where TEntity : class =>
        await UpdateAsync(rows, fence, fencingToken, set, cancellationToken).ConfigureAwait(false) > 0;

    private static Task<int> UpdateAsync<TEntity>(
        IQueryable<TEntity> rows,
        Expression<Func<TEntity, long>> fence,
        long fencingToken,
        Action<UpdateSettersBuilder<TEntity>>? set,
        CancellationToken cancellationToken)
        where TEntity : class
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(fence);
        FencingInput.CheckToken(fencingToken)?.Throw(nameof(fencingToken));
        FencingInput.CheckFence(fence)?.Throw(nameof(fence));
        FencingInput.CheckRows(rows)?.Throw(nameof(rows));

        Expression<Func<long>> given = () => fencingToken;
        var notStale = Expression.Lambda<Func<TEntity, bool>>(Expression.LessThanOrEqual(fence.Body, given.Body), fence.Parameters);
        return rows.Where(notStale).ExecuteUpdateAsync(
            row =>
            {
                set?.Invoke(row);
                row.SetProperty(fence, fencingToken);
            },
            cancellationToken);
    }
}
