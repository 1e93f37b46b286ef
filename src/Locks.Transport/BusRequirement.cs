using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Locks.Transport;

/// <summary>Refuses the start of an application without the bus that the lock client and the coordinator use.</summary>
internal sealed class BusRequirement(IServiceProviderIsService services) : IHostedService
{
    private const string Message =
        "The lock client and the lock coordinator use the application's IBus, and there is none. Add it with AddMassTransit(…). "
        + "A bus of its own type, added with AddMassTransit<TBus>(…), is not used for locks.";

    /// <summary>Refuses the configurator of a bus of its own type.</summary>
    /// <exception cref="InvalidOperationException">It is one.</exception>
    public static void Check(IServiceCollection services)
    {
        if (services.GetType().GetInterfaces().Any(static type =>
            type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IBusRegistrationConfigurator<>)))
            throw new InvalidOperationException(Message);
    }

    /// <exception cref="InvalidOperationException">There is no bus.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => services.IsService(typeof(IBus))
        ? Task.CompletedTask
        : Task.FromException(new InvalidOperationException(Message));

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
