using Locks.Client;
using Locks.Coordinator.Clocks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Locks.Testing;

/// <summary>Gives the locks their time.</summary>
internal static class LocksTime
{
    /// <summary>Makes the harness's time that of the locks, and of the whole application if it is shared.</summary>
    public static void Put(IServiceCollection services, LockTestHarnessOptions options)
    {
        if (options.ShareTime)
        {
            services.RemoveAll<TimeProvider>();
            services.AddSingleton<TimeProvider>(options.Time);
            return;
        }

        for (var i = 0; i < services.Count; i++)
        {
            if (MakerOf(services[i]) is { } make)
            {
                services[i] = new ServiceDescriptor(
                    services[i].ServiceType, provider => make(new WithTime(provider, options.Time)), services[i].Lifetime);
            }
        }
    }

    /// <summary>How one of the locks' own services is made, if it is one.</summary>
    private static Func<IServiceProvider, object>? MakerOf(ServiceDescriptor service)
    {
        if (service.IsKeyedService)
            return null;
        if (service.ImplementationFactory is { } factory)
            return IsOurs(service.ServiceType) ? factory : null;
        return service.ImplementationType is { IsGenericTypeDefinition: false } type && IsOurs(type) && TakesTime(type)
            ? provider => ActivatorUtilities.CreateInstance(provider, type)
            : null;
    }

    private static bool IsOurs(Type type) => type.Assembly == typeof(ILockClient).Assembly || type.Assembly == typeof(CoordinatorClock).Assembly;

    private static bool TakesTime(Type type) => type.GetConstructors()
        .Any(constructor => constructor.GetParameters().Any(parameter => parameter.ParameterType == typeof(TimeProvider)));

    /// <summary>An application's services with another time.</summary>
    private sealed class WithTime(IServiceProvider services, TimeProvider time) : IServiceProvider, IServiceProviderIsService
    {
        public object? GetService(Type serviceType) =>
            serviceType == typeof(TimeProvider) ? time
            : serviceType == typeof(IServiceProviderIsService) ? this
            : services.GetService(serviceType);

        public bool IsService(Type serviceType) =>
            serviceType == typeof(TimeProvider) || services.GetService<IServiceProviderIsService>()?.IsService(serviceType) == true;
    }
}
