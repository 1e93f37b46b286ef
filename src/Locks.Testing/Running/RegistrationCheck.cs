using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Testing.Running;

/// <summary>Makes sure that the application still is as the harness has set it up: what is registered later takes precedence.</summary>
internal sealed class RegistrationCheck(IServiceProvider services)
{
    private bool _isChecked;

    /// <summary>Refuses an application in which something has been put in the harness's place. To be called when its endpoint is configured.</summary>
    /// <exception cref="ConfigurationException">Something has; the message says what, and what to do.</exception>
    public void Check()
    {
        if (services.GetRequiredService<ILockStore>() is not InMemoryLockStore)
        {
            throw new ConfigurationException(
                "The lock coordinator has a store other than the lock test harness's: call AddLockTestHarness after the application has chosen its store.");
        }

        using var scope = services.CreateScope();
        if (scope.ServiceProvider.GetRequiredService<ISagaRepositoryContextFactory<LockSaga>>().GetType().Assembly != typeof(LockSaga).Assembly)
        {
            throw new ConfigurationException(
                "AddMassTransitTestHarness has replaced the lock coordinator's saga repository by MassTransit's in-memory one: call AddLockTestHarness after it.");
        }

        _isChecked = true;
    }

    /// <summary>Refuses to work with a bus on which there is no coordinator.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public void Require()
    {
        // The bus configures its endpoints when it is first asked for.
        _ = services.GetRequiredService<IBus>();
        if (!_isChecked)
            throw new InvalidOperationException(
                "The lock coordinator has no endpoint on the bus: call ConfigureEndpoints in the bus's configuration, or leave the transport to AddMassTransitTestHarness.");
    }
}
