using Microsoft.Extensions.DependencyInjection;

namespace Locks.Coordinator.Hosting;

/// <summary>What a coordinator is put together with.</summary>
public sealed class LockCoordinatorBuilder
{
    internal LockCoordinatorBuilder(IServiceCollection services) => Services = services;

    /// <summary>The services that the coordinator is registered in.</summary>
    public IServiceCollection Services { get; }
}
