using Locks.Coordinator.Hosting;
using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.SqlServer;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class RegistrationTests
{
    private const string Postgres = "Host=127.0.0.1;Port=1;Username=u;Password=p", SqlServer = "Server=127.0.0.1,1;User Id=u;Password=s3cret";

    [Fact]
    public async Task TheStoreThatWasChosenLast_IsTheOne()
    {
        await using var services = Provide(builder => builder.UsePostgreSql(Postgres).UseSqlServer(SqlServer).UsePostgreSql(Postgres));

        Assert.IsType<PostgreSqlLockStore>(Assert.Single(services.GetServices<ILockStore>()));
        Assert.IsType<PostgreSqlLockSchema>(Assert.Single(services.GetServices<ILockSchema>()));
        await using var context = await services.GetRequiredService<IDbContextFactory<LocksDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.IsType<PostgreSqlLocksDbContext>(context);
        var checks = services.GetRequiredService<IOptions<HealthCheckServiceOptions>>().Value.Registrations;
        Assert.IsType<PostgreSqlDatabase>(Assert.Single(services.GetServices<IStoreTime>()));
        Assert.Equal(["locks-schema", "locks-clock", "locks-partitions", "locks-store"], checks.Select(check => check.Name));
        Assert.All(checks, check => Assert.Equal(["ready"], check.Tags));
    }

    [Fact]
    public async Task SqlServer_IsRegisteredWhole()
    {
        await using var services = Provide(builder => builder.UseSqlServer(SqlServer));

        Assert.IsType<SqlServerLockStore>(services.GetRequiredService<ILockStore>());
        Assert.IsType<SqlServerLockSchema>(services.GetRequiredService<ILockSchema>());
        await using var context = await services.GetRequiredService<IDbContextFactory<LocksDbContext>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        Assert.IsType<SqlServerLocksDbContext>(context);
    }

    [Fact]
    public async Task ASqlServerThatIsNotThere_IsUnavailable()
    {
        await using var services = Provide(builder => builder.UseSqlServer(SqlServer + ";Connect Timeout=2;ConnectRetryCount=0"));
        var cancel = TestContext.Current.CancellationToken;

        var unavailable = await Assert.ThrowsAsync<LockStoreUnavailableException>(
            () => services.GetRequiredService<ILockStore>().LoadAsync([Guid.CreateVersion7()], cancel));
        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => services.GetRequiredService<ILockSchema>().IsCurrentAsync(cancel));

        Assert.DoesNotContain("s3cret", unavailable.ToString(), StringComparison.Ordinal);
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancel);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Hots=127.0.0.1")]
    public void AConnectionStringWithoutSense_IsRefusedAtOnce(string connectionString)
    {
        var builder = new ServiceCollection().AddLockCoordinator();

        Assert.ThrowsAny<ArgumentException>(() => builder.UsePostgreSql(connectionString));
        Assert.ThrowsAny<ArgumentException>(() => builder.UseSqlServer(connectionString));
    }

    private static ServiceProvider Provide(Action<LockCoordinatorBuilder> use)
    {
        var services = new ServiceCollection().AddLogging();
        use(services.AddLockCoordinator());
        return services.BuildServiceProvider(validateScopes: true);
    }
}
