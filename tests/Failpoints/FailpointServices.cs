using Locks.Coordinator.Storage;
using Locks.Transport.Isolation;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Failpoints;

/// <summary>Puts failpoints into a coordinator. Compiled into the test programs that have coordinators die, and nowhere in the product.</summary>
internal static class FailpointServices
{
    /// <summary>Puts them around the commits of the store that is registered, and behind the replies.</summary>
    public static void AddFailpoints(this IServiceCollection services, Fuse fuse)
    {
        var original = services.Last(service => service.ServiceType == typeof(ILockStore));
        services.Remove(original);
        services.AddSingleton<ILockStore>(provider => new FailpointStore(
            (ILockStore)ActivatorUtilities.CreateInstance(provider, original.ImplementationType!), fuse));
        services.AddSingleton<IConfigureIsolatedPipe>(new ReplyFailpoint(fuse));
    }
}
