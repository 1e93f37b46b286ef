using System.Data;
using Locks.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Fencing;

public sealed class PostgreSqlFencingTests(PostgreSqlFencingTests.Database database)
    : FencingTests(database), IClassFixture<PostgreSqlFencingTests.Database>
{
    // Here the database itself refuses to go on, since the row has changed after the transaction's first look.
    [Fact]
    public async Task AtRepeatableRead_AWriterWithAnOldViewIsRefusedToo()
    {
        var account = await database.OpenAccountAsync();
        await using var earlier = database.Open();
        await earlier.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await earlier.Accounts.CountAsync();

        await using var later = database.Open();
        await later.Accounts.Where(row => row.Id == account.Id).ExecuteFencedUpdateAsync(row => row.Fence, 35);

        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => earlier.Accounts.Where(row => row.Id == account.Id).ExecuteFencedUpdateAsync(row => row.Fence, 34));
        Assert.Equal(PostgresErrorCodes.SerializationFailure, Assert.IsType<PostgresException>(refused.GetBaseException()).SqlState);
    }

    public sealed class Database : AccountsDatabase
    {
        protected override DbContextOptions Options { get; } = new DbContextOptionsBuilder().UseNpgsql(
            new NpgsqlConnectionStringBuilder(TestServices.Postgres) { Database = $"bank_{Guid.CreateVersion7():N}" }.ConnectionString).Options;

        protected override string CountWaiting =>
            """SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'""";
    }
}
