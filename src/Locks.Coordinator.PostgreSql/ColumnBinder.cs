using Locks.Storage.Relational;
using Npgsql;
using NpgsqlTypes;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Binds one column of a table, with the column's own type so that no value is boxed.</summary>
internal abstract class ColumnBinder<TRow>
{
    /// <summary>Binders for everything that a write passes, in the order of the statements' parameters.</summary>
    public static ColumnBinder<TRow>[] For(Table<TRow> table) => [.. table.Input.Select(column => column.Accept(new Maker()))];

    /// <summary>Adds the column of a set, as an array.</summary>
    public abstract void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows);

    /// <summary>Adds the column of one row, as a value.</summary>
    public abstract void Bind(NpgsqlParameterCollection parameters, TRow row);

    private sealed class Maker : IColumnVisitor<TRow, ColumnBinder<TRow>>
    {
        public ColumnBinder<TRow> Visit<T>(Column<TRow, T> column) => new Typed<T>(PostgreSqlTypes.TypeOf(column.Kind), column.Value);
    }

    private sealed class Typed<T>(NpgsqlDbType type, Func<TRow, T> value) : ColumnBinder<TRow>
    {
        public override void Bind(NpgsqlParameterCollection parameters, IReadOnlyList<TRow> rows) => parameters.Bind(type, rows, value);

        public override void Bind(NpgsqlParameterCollection parameters, TRow row) => parameters.Bind(type, value(row));
    }
}
