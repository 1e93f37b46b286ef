using System.Reflection;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.IntegrationTests.Storage;

/// <summary>A store as an application gets it: from the container.</summary>
internal static class StoreUnderTest
{
    public static ServiceProvider Provide(Action<LockCoordinatorBuilder> use)
    {
        var services = new ServiceCollection().AddLogging();

        // The builder is made by AddLockCoordinator, which brings a whole coordinator; here the store alone is wanted.
        use((LockCoordinatorBuilder)Activator.CreateInstance(
            typeof(LockCoordinatorBuilder), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, [services], culture: null)!);
        return services.BuildServiceProvider(validateScopes: true);
    }
}
