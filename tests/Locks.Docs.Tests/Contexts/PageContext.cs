using Xunit;

namespace Locks.Docs.Tests.Contexts;

/// <summary>What a reader has at hand: the code of a page is compiled as part of a class that derives from this.</summary>
public abstract class PageContext
{
    public ILockClient locks = null!;
    public IServiceProvider provider = null!;
    public CancellationToken cancellationToken = TestContext.Current.CancellationToken;

    protected readonly WebApplication app = null!;
    protected readonly IServiceCollection services = new ServiceCollection();
    protected readonly HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
    protected readonly string connectionString = "Host=localhost";
    protected readonly string path = "locks.db";
    protected readonly IBusRegistrationConfigurator bus = null!;
    protected readonly IBusRegistrationContext context = null!;
    protected readonly IRabbitMqBusFactoryConfigurator rabbit = null!;
    protected readonly IReceiveEndpointConfigurator endpoint = null!;
    protected readonly IRequestClient<AcquireLock> requestClient = null!;
    public readonly Report report = new();
    public readonly Payments payments = new();
    protected readonly Bank db = null!;
    protected readonly IQueryable<Account> account = null!;
    protected readonly int id = 17;
    protected readonly CancellationToken stopping = TestContext.Current.CancellationToken;
}
