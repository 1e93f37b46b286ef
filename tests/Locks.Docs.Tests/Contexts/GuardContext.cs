namespace Locks.Docs.Tests.Contexts;

public abstract class GuardContext : ConsumerDefinition<CaptureConsumer>
{
    protected readonly IReceiveEndpointConfigurator endpoint = null!;
    protected readonly IRegistrationContext context = null!;
}
