using Locks.Client;
using Locks.Client.ConsumeFilter;
using Microsoft.Extensions.DependencyInjection;

namespace MassTransit;

/// <summary>Guards consumers: a message is consumed under a lock whose key comes from the message.</summary>
/// <remarks>
/// <para>
/// The lock is renewed while the consumer runs and released when the rest of the pipeline has ended, whatever its result. The consumer
/// finds it as <c>context.GetPayload&lt;ILockHandle&gt;()</c>, and its fencing token as <c>context.FencingToken()</c>; what it sends
/// through its context, or through an <see cref="IPublishEndpoint"/> or <see cref="ISendEndpointProvider"/> of its own scope, carries both
/// as headers (<see cref="LockHeaders"/>). Its <see cref="PipeContext.CancellationToken"/> fires when the lock is lost; a consumer that
/// ends with <see cref="OperationCanceledException"/> then fails with <see cref="LockLostException"/>.
/// </para>
/// <para>
/// <b>Where it belongs.</b> Filters wrap each other in the order in which they are configured. Configure the guard before the outbox and,
/// as a rule, after the retries: <c>UseMessageRetry</c>, <c>UseDistributedLock</c>, <c>UseInMemoryOutbox</c>. Then what the consumer sends
/// leaves before the lock is released, and a retry acquires the lock anew; with the guard first, a retry keeps the lock. What is
/// configured on the endpoint wraps what is configured on one of its consumers, so a consumer's guard is inside the endpoint's outbox.
/// </para>
/// <para>
/// <b>Which limit to use.</b> A message that waits for its lock, or for its redelivery, takes no thread and no place of a consumer's own
/// limit (<see cref="IConsumerConfigurator.ConcurrentMessageLimit"/>), but a place of the endpoint's <c>ConcurrentMessageLimit</c> and
/// <c>PrefetchCount</c>. So limit the consumer, leave the endpoint's limit unset, and let its prefetch count be what may run and wait
/// together. Beware of <see cref="ConsumerDefinition{TConsumer}.ConcurrentMessageLimit"/>, which limits both.
/// </para>
/// </remarks>
public static class DistributedLockConfigurationExtensions
{
    /// <summary>Guards a message on an endpoint, be it consumed there by a consumer, a handler or a saga.</summary>
    /// <typeparam name="TMessage">The message, as it is consumed on the endpoint.</typeparam>
    /// <param name="configurator">The endpoint.</param>
    /// <param name="provider">The application's services, such as the registration context; they must have a lock client.</param>
    /// <param name="key">The lock's key for a message: 1 to 512 UTF-8 bytes. Any other fails the message.</param>
    /// <param name="configure">Sets how the lock is held, and what happens when it is busy.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    /// <exception cref="InvalidOperationException">The guard is given two policies for a busy lock.</exception>
    /// <exception cref="ConfigurationException">
    /// There is no lock client; or, when the endpoint is built, nothing there consumes just that message, or more than one does.
    /// </exception>
    public static void UseDistributedLock<TMessage>(
        this IReceiveEndpointConfigurator configurator,
        IServiceProvider provider,
        Func<TMessage, string?> key,
        Action<LockGuardConfigurator>? configure = null)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(configurator);

        _ = new EndpointGuard<TMessage>(configurator, Guard(provider, key, configure));
    }

    /// <summary>Guards a message on its way to one consumer.</summary>
    /// <typeparam name="TConsumer">The consumer.</typeparam>
    /// <typeparam name="TMessage">One of the messages that it consumes.</typeparam>
    /// <param name="configurator">The consumer's part of the endpoint, as a consumer definition gets it.</param>
    /// <param name="provider">The application's services, such as the registration context; they must have a lock client.</param>
    /// <param name="key">The lock's key for a message: 1 to 512 UTF-8 bytes. Any other fails the message.</param>
    /// <param name="configure">Sets how the lock is held, and what happens when it is busy.</param>
    /// <exception cref="ArgumentException">
    /// The consumer does not consume the message; or an option is out of range, and the message names it, its value and the range.
    /// </exception>
    /// <exception cref="InvalidOperationException">The guard is given two policies for a busy lock.</exception>
    /// <exception cref="ConfigurationException">There is no lock client.</exception>
    public static void UseDistributedLock<TConsumer, TMessage>(
        this IConsumerConfigurator<TConsumer> configurator,
        IServiceProvider provider,
        Func<TMessage, string?> key,
        Action<LockGuardConfigurator>? configure = null)
        where TConsumer : class
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(configurator);

        // Throws if the consumer does not consume the message.
        configurator.Message<TMessage>(_ => { });
        configurator.ConnectConsumerConfigurationObserver(
            new ConsumerGuard<TConsumer, TMessage>(configurator, Guard(provider, key, configure)));
    }

    private static LockGuard<TMessage> Guard<TMessage>(
        IServiceProvider provider, Func<TMessage, string?> key, Action<LockGuardConfigurator>? configure)
        where TMessage : class
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(key);

        // Only checks that the client is registered: creating it needs the bus, which is being built.
        if (provider.GetService<IServiceProviderIsService>()?.IsService(typeof(ILockClient)) == false)
        {
            throw new ConfigurationException(
                $"The guard of {TypeCache<TMessage>.ShortName} needs a lock client: call services.AddLockClient().");
        }

        var configurator = new LockGuardConfigurator();
        configure?.Invoke(configurator);
        return new LockGuard<TMessage>(provider, key, configurator.CreateLockOptions(), configurator.WhenBusy);
    }
}
