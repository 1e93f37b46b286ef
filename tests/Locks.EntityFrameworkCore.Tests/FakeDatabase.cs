using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Locks.EntityFrameworkCore.Tests;

/// <summary>Records the statements that would be sent to a database, and answers in its place.</summary>
internal sealed class FakeDatabase(string provider)
{
    public static IEnumerable<string> Providers => ["PostgreSql", "SqlServer"];

    /// <summary>Each statement, with its parameters below.</summary>
    public List<string> Statements { get; } = [];

    /// <summary>How many rows an UPDATE writes.</summary>
    public int Written { get; set; } = 1;

    /// <summary>The highest fence that a query then finds; <see langword="null"/> when it finds no row.</summary>
    public long? Highest { get; set; }

    public DbContextOptions Options
    {
        get
        {
            var options = new DbContextOptionsBuilder().AddInterceptors(new Connection(), new Commands(this));
            return (provider == "PostgreSql" ? options.UseNpgsql("Host=nowhere") : options.UseSqlServer("Server=nowhere")).Options;
        }
    }

    public BankContext Context() => new(Options);

    private void Record(DbCommand command) => Statements.Add(string.Join('\n', [
        command.CommandText.ReplaceLineEndings("\n"),
        .. command.Parameters.Cast<DbParameter>().Select(parameter => string.Create(
            CultureInfo.InvariantCulture, $"-- {parameter.ParameterName}: {parameter.DbType} = {parameter.Value}")),
    ]));

    private sealed class Connection : DbConnectionInterceptor
    {
        public override ValueTask<InterceptionResult> ConnectionOpeningAsync(
            DbConnection connection,
            ConnectionEventData eventData,
            InterceptionResult result,
            CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(InterceptionResult.Suppress());
    }

    private sealed class Commands(FakeDatabase database) : DbCommandInterceptor
    {
        public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            database.Record(command);
            return ValueTask.FromResult(InterceptionResult<int>.SuppressWithResult(database.Written));
        }

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command,
            CommandEventData eventData,
            InterceptionResult<DbDataReader> result,
            CancellationToken cancellationToken = default)
        {
            database.Record(command);
            using var table = new DataTable { Locale = CultureInfo.InvariantCulture };
            table.Columns.Add("max", typeof(long));
            table.Rows.Add(database.Highest is { } highest ? highest : DBNull.Value);
            return ValueTask.FromResult(InterceptionResult<DbDataReader>.SuppressWithResult(table.CreateDataReader()));
        }
    }
}
