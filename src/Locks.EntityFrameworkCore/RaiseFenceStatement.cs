using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Locks.EntityFrameworkCore;

/// <summary>
/// The statement that writes the token of a key ({0} its id, {1} the key, {2} the token) unless the row has a higher one, inserts the row
/// if it is missing, and leaves it locked. It affects one row, or none.
/// </summary>
internal static class RaiseFenceStatement
{
    /// <exception cref="InvalidOperationException">The table is not in the model.</exception>
    /// <exception cref="NotSupportedException">The provider has another SQL.</exception>
    public static string For(DbContext db)
    {
        var entity = db.Model.FindEntityType(typeof(LockFence)) ?? throw new InvalidOperationException(
            $"{db.GetType().Name} has no table of fences: call modelBuilder.AddLockFences() in its OnModelCreating, and add a migration.");
        return For(db.Database.ProviderName, entity, db.GetService<ISqlGenerationHelper>());
    }

    public static string For(string? provider, IEntityType entity, ISqlGenerationHelper sql)
    {
        var table = sql.DelimitIdentifier(entity.GetTableName()!, entity.GetSchema());
        var (id, key, token) = (Column(nameof(LockFence.Id)), Column(nameof(LockFence.Key)), Column(nameof(LockFence.Token)));
        return provider switch
        {
            "Npgsql.EntityFrameworkCore.PostgreSQL" =>
                $$"""
                INSERT INTO {{table}} AS fence ({{id}}, {{key}}, {{token}}) VALUES ({0}, {1}, {2})
                ON CONFLICT ({{id}}) DO UPDATE SET {{token}} = excluded.{{token}} WHERE fence.{{token}} <= excluded.{{token}}
                """,

            // The hints lock the key range of a row that is missing, so that the second of two first writers waits here and is then
            // checked; ROWLOCK keeps it to this key. NOCOUNT is set because an earlier batch may have turned the count of affected rows off.
            "Microsoft.EntityFrameworkCore.SqlServer" =>
                $$"""
                SET NOCOUNT OFF;
                UPDATE {{table}} WITH (UPDLOCK, SERIALIZABLE, ROWLOCK) SET {{token}} = {2} WHERE {{id}} = {0} AND {{token}} <= {2};
                IF @@ROWCOUNT = 0
                  INSERT INTO {{table}} ({{id}}, {{key}}, {{token}})
                  SELECT {0}, {1}, {2} WHERE NOT EXISTS (SELECT 1 FROM {{table}} WITH (UPDLOCK, SERIALIZABLE, ROWLOCK) WHERE {{id}} = {0});
                """,

            _ => throw new NotSupportedException(
                $"Fences are raised on PostgreSQL (Npgsql) and SQL Server, not with '{provider}'. "
                + "ExecuteFencedUpdateAsync works everywhere."),
        };

        string Column(string property) => sql.DelimitIdentifier(entity.FindProperty(property)!.GetColumnName());
    }
}
