using System.Reflection;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Compliance;

/// <summary>
/// A coordinator's builder on its own. Applications get one from AddLockCoordinator, which brings a whole coordinator with it; tests of a
/// store want the store alone.
/// </summary>
public static class CoordinatorBuilders
{
    /// <summary>A builder that registers in some services.</summary>
    public static LockCoordinatorBuilder On(IServiceCollection services) => (LockCoordinatorBuilder)Activator.CreateInstance(
        typeof(LockCoordinatorBuilder), BindingFlags.Instance | BindingFlags.NonPublic, binder: null, [services], culture: null)!;
}
