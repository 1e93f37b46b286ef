using Microsoft.Extensions.DependencyInjection;

namespace Locks.Coordinator.Hosting;

/// <summary>Where a coordinator's store is chosen.</summary>
public sealed class LockCoordinatorBuilder
{
    internal LockCoordinatorBuilder(IServiceCollection services) => Services = services;

    /// <summary>The application's services.</summary>
    public IServiceCollection Services { get; }
}
