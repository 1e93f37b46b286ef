using System.Linq.Expressions;
using Locks.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Query;

namespace Locks.EntityFrameworkCore;

/// <summary>Checks the arguments of fenced updates.</summary>
internal static class FencingInput
{
    private static readonly HashSet<string> Allowed =
    [
        nameof(Queryable.Where),
        nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters),
        nameof(EntityFrameworkQueryableExtensions.TagWith),
        nameof(EntityFrameworkQueryableExtensions.TagWithCallSite),
        nameof(EntityFrameworkQueryableExtensions.AsTracking),
        nameof(EntityFrameworkQueryableExtensions.AsNoTracking),
    ];

    /// <summary>Checks the token: one that was never granted would be accepted by every row that was never fenced.</summary>
    public static ValidationError? CheckToken(long token) =>
        token < 1 ? new ValidationError("FencingToken", $"is {token}; it must be that of a granted lock, which is at least 1") : null;

    public static ValidationError? CheckFence<TEntity>(Expression<Func<TEntity, long>> fence) =>
        fence.Body is UnaryExpression
            ? new ValidationError("Fence", $"is {fence}; it must be a property of the type long, since that is what a fencing token is")
            : null;

    /// <summary>
    /// Checks that the condition on the fence will be one on the row that is written. Other queries become an UPDATE of rows that a
    /// subquery has found. A database that waited for another writer looks at the row again, but not at the subquery, and a stale write
    /// slips through.
    /// </summary>
    public static ValidationError? CheckRows<TEntity>(IQueryable<TEntity> rows)
    {
        List<LambdaExpression> conditions = [];
        var query = rows.Expression;
        var isFiltered = true;
        for (; query is MethodCallExpression call && Allowed.Contains(call.Method.Name); query = call.Arguments[0])
        {
            if (call.Method.Name == nameof(Queryable.Where))
                conditions.Add((LambdaExpression)((UnaryExpression)call.Arguments[1]).Operand);
            isFiltered &= call.Method.Name != nameof(EntityFrameworkQueryableExtensions.IgnoreQueryFilters);
        }

        if (query.GetType() != typeof(EntityQueryRootExpression))
        {
            var other = query is MethodCallExpression { Method.Name: var method } ? method : query.Type.Name;
            return new ValidationError("Rows", $"come from {other}; they must come from a DbSet, by conditions (Where) alone");
        }

        var entity = ((EntityQueryRootExpression)query).EntityType;
        if (isFiltered)
        {
            conditions.AddRange(
                entity.GetRootType().GetDeclaredQueryFilters().Select(filter => filter.Expression).OfType<LambdaExpression>());
        }

        var navigations = conditions.Select(condition => Navigation.In(condition, entity.Model));
        return navigations.FirstOrDefault(name => name is not null) is { } navigation
            ? new ValidationError(
                "Rows", $"are found by way of {navigation}; conditions must be on columns of {entity.DisplayName()} itself")
            : null;
    }

    /// <summary>Finds a navigation from a row to another one, for which EF Core joins their tables.</summary>
    private sealed class Navigation(ParameterExpression row, IModel model) : ExpressionVisitor
    {
        private string? _found;

        public static string? In(LambdaExpression condition, IModel model)
        {
            var search = new Navigation(condition.Parameters[0], model);
            search.Visit(condition.Body);
            return search._found;
        }

        protected override Expression VisitMember(MemberExpression node)
        {
            if (node.Expression is { } from && StartOf(from) == row
                && model.FindEntityType(from.Type)?.FindNavigation(node.Member) is { IsCollection: false, ForeignKey.IsOwnership: false })
            {
                _found ??= $"{from.Type.Name}.{node.Member.Name}";
            }

            return base.VisitMember(node);
        }

        private static Expression? StartOf(Expression? path) => path switch
        {
            MemberExpression member => StartOf(member.Expression),
            UnaryExpression { NodeType: ExpressionType.Convert } conversion => StartOf(conversion.Operand),
            _ => path,
        };
    }
}
