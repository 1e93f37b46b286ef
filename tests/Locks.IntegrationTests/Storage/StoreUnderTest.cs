using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.IntegrationTests.Storage;

/// <summary>A store as an application gets it: from the container.</summary>
internal static class StoreUnderTest
{
    public static ServiceProvider Provide(Action<LockCoordinatorBuilder> use)
    {
        var services = new ServiceCollection().AddLogging();
        use(services.AddLockCoordinator());
        return services.BuildServiceProvider(validateScopes: true);
    }
}
