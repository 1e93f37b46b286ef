using Locks.Coordinator.SqlServer;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class SqlServerPoolTests
{
    /// <summary>Otherwise the pool answers for up to a minute with the error of the last try, though the server is back.</summary>
    [Fact]
    public void ThePool_NeverRefusesOnItsOwn()
    {
        var database = new SqlServerDatabase("Server=sqlserver;Database=Locks", new SqlServerLockStoreOptions());

        using var context = database.CreateContext();
        var connection = new SqlConnectionStringBuilder(context.Database.GetConnectionString());
        Assert.Equal(PoolBlockingPeriod.NeverBlock, connection.PoolBlockingPeriod);
    }
}
