using MassTransit;
using MassTransit.Configuration;

namespace Locks.Client.ConsumeFilter;

/// <summary>
/// Puts a guard in front of one consumer of a message, the way that MassTransit puts a consumer's own retries there: among them in the
/// order in which they were configured.
/// </summary>
internal sealed class ConsumerGuard<TConsumer, TMessage>(IConsumerConfigurator<TConsumer> consumer, LockGuard<TMessage> guard)
    : IConsumerConfigurationObserver
    where TConsumer : class
    where TMessage : class
{
    public void ConsumerConfigured<T>(IConsumerConfigurator<T> configurator)
        where T : class
    {
    }

    public void ConsumerMessageConfigured<T, TConsumed>(IConsumerMessageConfigurator<T, TConsumed> configurator)
        where T : class
        where TConsumed : class
    {
        if (typeof(TConsumed) == typeof(TMessage))
        {
            consumer.Message<TMessage>(
                message => message.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<TMessage>>(guard)));
        }
    }
}
