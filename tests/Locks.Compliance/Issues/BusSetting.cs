using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace Locks.Compliance.Issues;

/// <summary>Something that an application sets on its bus for its own messages.</summary>
/// <param name="Register">Sets it inside of <c>AddMassTransit</c>.</param>
/// <param name="Configure">Sets it on the bus.</param>
public sealed record BusSetting(
    Action<IBusRegistrationConfigurator>? Register = null, Action<IBusRegistrationContext, IBusFactoryConfigurator>? Configure = null)
{
    /// <summary>Every setting, by its name.</summary>
    public static IReadOnlyDictionary<string, BusSetting> All { get; } = new Dictionary<string, BusSetting>
    {
        ["nothing"] = new(),
        ["a raw serializer alone"] = new(Configure: (_, bus) =>
        {
            bus.ClearSerialization();
            bus.UseRawJsonSerializer();
        }),
        ["encryption"] = new(Configure: (_, bus) =>
        {
            bus.ClearSerialization();
            bus.AddSerializer(Encryption.Instance);
            bus.AddDeserializer(Encryption.Instance, isDefault: true);
        }),
        ["a consume filter that wants a tenant"] = new(
            Configure: (context, bus) => bus.UseConsumeFilter(typeof(TenantConsumeFilter<>), context)),
        ["send and publish filters that want a tenant"] = new(Configure: (context, bus) =>
        {
            bus.UseSendFilter(typeof(TenantSendFilter<>), context);
            bus.UsePublishFilter(typeof(TenantPublishFilter<>), context);
        }),
        ["retries"] = new(Configure: (_, bus) => bus.UseMessageRetry(retry => retry.Immediate(3))),
        ["an outbox in memory"] = new(Configure: (context, bus) => bus.UseInMemoryOutbox(context)),
        ["a kill switch"] = new(Configure: (_, bus) => bus.UseKillSwitch(options => options
            .SetActivationThreshold(1).SetTripThreshold(0.01).SetRestartTimeout(m: 5))),
        ["a limit of one message an hour"] = new(Configure: (_, bus) => bus.UseRateLimit(1, TimeSpan.FromHours(1))),
        ["a circuit breaker"] = new(Configure: (_, bus) => bus.UseCircuitBreaker(breaker =>
        {
            breaker.ActiveThreshold = 1;
            breaker.TripThreshold = 1;
            breaker.ResetInterval = TimeSpan.FromMinutes(5);
        })),
        ["one message at a time"] = new(Configure: (_, bus) =>
        {
            bus.PrefetchCount = 1;
            bus.ConcurrentMessageLimit = 1;
        }),
        ["callbacks for endpoints"] = new(Register: bus => bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            endpoint.UseMessageRetry(retry => retry.Immediate(3));
            endpoint.UseConsumeFilter(typeof(TenantConsumeFilter<>), context);
            endpoint.UseInMemoryOutbox(context);
            endpoint.PrefetchCount = 1;
        })),
        ["names of endpoints with a prefix"] = new(
            Register: bus => bus.SetEndpointNameFormatter(new KebabCaseEndpointNameFormatter("shop", includeNamespace: true))),
        ["names of exchanges with a prefix"] = new(Configure: (_, bus) =>
            bus.MessageTopology.SetEntityNameFormatter(new PrefixFormatter(bus.MessageTopology.EntityNameFormatter))),
        ["observers of its own"] = new(Configure: (_, bus) => bus.ConnectConsumerConfigurationObserver(new Configurations())),
    };

    /// <summary>Fails every message of a namespace but the application's.</summary>
    private static void RequireTenant<T>()
    {
        if (typeof(T) != typeof(Payment))
            throw new InvalidOperationException($"{typeof(T).Name} has no tenant.");
    }

    private sealed class TenantConsumeFilter<T> : IFilter<ConsumeContext<T>>
        where T : class
    {
        public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
        {
            RequireTenant<T>();
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("tenant");
    }

    private sealed class TenantSendFilter<T> : IFilter<SendContext<T>>
        where T : class
    {
        public Task Send(SendContext<T> context, IPipe<SendContext<T>> next)
        {
            RequireTenant<T>();
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("tenant");
    }

    private sealed class TenantPublishFilter<T> : IFilter<PublishContext<T>>
        where T : class
    {
        public Task Send(PublishContext<T> context, IPipe<PublishContext<T>> next)
        {
            RequireTenant<T>();
            return next.Send(context);
        }

        public void Probe(ProbeContext context) => context.CreateFilterScope("tenant");
    }

    private sealed class PrefixFormatter(IEntityNameFormatter inner) : IEntityNameFormatter
    {
        public string FormatEntityName<T>() => $"shop-{inner.FormatEntityName<T>()}";
    }

    /// <summary>Gives every consumer that is configured on the bus a filter that it did not ask for.</summary>
    private sealed class Configurations : IConsumerConfigurationObserver
    {
        public void ConsumerConfigured<TConsumer>(IConsumerConfigurator<TConsumer> configurator)
            where TConsumer : class
        {
        }

        public void ConsumerMessageConfigured<TConsumer, TMessage>(IConsumerMessageConfigurator<TConsumer, TMessage> configurator)
            where TConsumer : class
            where TMessage : class => configurator.Message(message => message.UseExecute(_ => RequireTenant<TMessage>()));
    }

    /// <summary>As bad as any encryption, and as unreadable for others.</summary>
    private sealed class Encryption : ISerializerFactory, IMessageSerializer, IMessageDeserializer
    {
        public static readonly Encryption Instance = new();

        private static readonly SystemTextJsonMessageSerializer Json = new();

        public ContentType ContentType { get; } = new("application/vnd.shop.encrypted");

        public IMessageSerializer CreateSerializer() => this;

        public IMessageDeserializer CreateDeserializer() => this;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new BytesMessageBody(Flip(Json.GetMessageBody(context).GetBytes()));

        public MessageBody GetMessageBody(string text) => Json.GetMessageBody(text);

        public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(
            receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

        public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) =>
            Json.Deserialize(new BytesMessageBody(Flip(body.GetBytes())), headers, destinationAddress);

        public void Probe(ProbeContext context) => context.CreateScope("encryption");

        private static byte[] Flip(byte[] bytes) => Array.ConvertAll(bytes, value => (byte)(value ^ 0x5A));
    }
}

/// <summary>A message of the application's.</summary>
public sealed record Payment(string Order);
