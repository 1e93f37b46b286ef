using MassTransit;
using MassTransit.Configuration;

namespace Locks.Client.ConsumeFilter;

/// <summary>
/// Puts a guard in front of what consumes a message on an endpoint, the way that MassTransit puts an endpoint's retries there: among them
/// in the order in which they were configured.
/// </summary>
internal sealed class EndpointGuard<TMessage> :
    IConsumerConfigurationObserver, IHandlerConfigurationObserver, ISagaConfigurationObserver, IReceiveEndpointSpecification
    where TMessage : class
{
    private readonly IReceiveEndpointConfigurator _endpoint;
    private readonly LockGuard<TMessage> _guard;
    private bool _isPlaced;
    private bool _isLastPass;

    public EndpointGuard(IReceiveEndpointConfigurator endpoint, LockGuard<TMessage> guard)
    {
        _endpoint = endpoint;
        _guard = guard;
        endpoint.ConnectConsumerConfigurationObserver(this);
        endpoint.ConnectHandlerConfigurationObserver(this);
        endpoint.ConnectSagaConfigurationObserver(this);
        endpoint.AddEndpointSpecification(this);
        guard.KeepOrder(endpoint);
    }

    public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
        where TConsumer : class
    {
    }

    public void ConsumerMessageConfigured<TConsumer, T>(IConsumerMessageConfigurator<TConsumer, T> configurator)
        where TConsumer : class
        where T : class => OnConsumed<T>();

    public void HandlerConfigured<T>(IHandlerConfigurator<T> configurator)
        where T : class => OnConsumed<T>();

    public void SagaConfigured<TSaga>(ISagaConfigurator<TSaga> configurator)
        where TSaga : class, ISaga
    {
    }

    public void StateMachineSagaConfigured<TInstance>(ISagaConfigurator<TInstance> configurator, SagaStateMachine<TInstance> stateMachine)
        where TInstance : class, ISaga, SagaStateMachineInstance
    {
    }

    public void SagaMessageConfigured<TSaga, T>(ISagaMessageConfigurator<TSaga, T> configurator)
        where TSaga : class, ISaga
        where T : class => OnConsumed<T>();

    public IEnumerable<ValidationResult> Validate() => [];

    public void Configure(IReceiveEndpointBuilder builder)
    {
        if (_isPlaced)
            return;

        if (_isLastPass)
            throw new ConfigurationException(
                $"{Name} guards nothing: no consumer, handler or saga there consumes just that message. "
                + "Name the message as it is consumed; batches can't be guarded.");

        // Handlers are configured by specifications of their own, which may come after this one: look again after them.
        _isLastPass = true;
        _endpoint.AddEndpointSpecification(this);
    }

    private string Name => $"The guard of {TypeCache<TMessage>.ShortName} on {_endpoint.InputAddress}";

    private void OnConsumed<T>()
    {
        if (typeof(T) != typeof(TMessage))
            return;

        // Each of them gets the message by itself, at the same time: one would find the lock held for the other.
        if (_isPlaced)
            throw new ConfigurationException(
                $"{Name} meets several that consume it. Guard each consumer by itself, in its own configuration and with its own key.");

        _endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(_guard));
        _isPlaced = true;
    }
}
