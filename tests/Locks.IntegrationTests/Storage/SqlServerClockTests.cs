using Locks.Compliance;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>The coordinator's time is that of SQL Server. Runs where one is to be had; ./test cannot start one.</summary>
public sealed class SqlServerClockTests(SqlServerTestDatabase database, ITestOutputHelper output)
    : StoreClockCompliance(output), IClassFixture<SqlServerTestDatabase>
{
    private protected override ServiceProvider NewServices(TimeProvider time) => StoreUnderTest.Provide(builder =>
    {
        builder.Services.AddSingleton(time);
        builder.UseSqlServer(database.ConnectionString);
    });
}
