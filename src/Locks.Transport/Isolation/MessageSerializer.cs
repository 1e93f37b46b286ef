using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Serialization;
using MassTransit.Serialization.JsonConverters;

namespace Locks.Transport.Isolation;

/// <summary>
/// The format of the product's messages that travel alone: MassTransit's envelope, under a content type and with options of its own. An
/// application may choose another serializer for its bus, encrypt its messages, or change the options of the JSON that all buses of its
/// process share; client and coordinator still understand each other.
/// </summary>
internal sealed class MessageSerializer : IMessageSerializer, IMessageDeserializer, ISerializerFactory, IObjectDeserializer
{
    public static readonly MessageSerializer Instance = new();

    /// <summary>MassTransit's own options, as they are before an application changes them.</summary>
    public static readonly JsonSerializerOptions Options = CreateOptions();

    private MessageSerializer()
    {
    }

    /// <summary>Has an endpoint send and read this format, and no other.</summary>
    public static void MakeOnly(IEndpointConfiguration endpoint)
    {
        endpoint.Serialization.Clear();
        endpoint.Serialization.AddSerializer(Instance);
        endpoint.Serialization.AddDeserializer(Instance, isDefault: true);
    }

    public ContentType ContentType { get; } = new("application/vnd.locks.message+json");

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class => new SystemTextJsonMessageBody<T>(context, Options);

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) => new BodyConsumeContext(
        receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    /// <summary>Reads a message.</summary>
    /// <exception cref="SerializationException">The message is malformed.</exception>
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize<MessageEnvelope>(body.GetBytes(), Options)
                ?? throw new JsonException("The envelope is missing.");
            return new SystemTextJsonSerializerContext(
                this, Options, ContentType, new EnvelopeMessageContext(envelope, this), envelope.MessageType ?? [], envelope);
        }
        // The reader throws one or another of them, by what is wrong.
        catch (Exception exception) when (exception is JsonException or NotSupportedException or FormatException or ArgumentException)
        {
            throw new SerializationException($"A message of {ContentType.MediaType} can't be read: {exception.Message}", exception);
        }
    }

    public void Probe(ProbeContext context) => context.CreateScope("message").Add("contentType", ContentType.MediaType);

    // MassTransit reads headers with these.
    T? IObjectDeserializer.DeserializeObject<T>(object? value, T? defaultValue)
        where T : class => SystemTextJsonMessageSerializer.Instance.DeserializeObject(value, defaultValue);

    T? IObjectDeserializer.DeserializeObject<T>(object? value, T? defaultValue) =>
        SystemTextJsonMessageSerializer.Instance.DeserializeObject(value, defaultValue);

    MessageBody IObjectDeserializer.SerializeObject(object? value) => SystemTextJsonMessageSerializer.Instance.SerializeObject(value);

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions
        {
            AllowTrailingCommas = true,
            PropertyNameCaseInsensitive = true,
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            ReadCommentHandling = JsonCommentHandling.Skip,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
        };
        // Reads the interfaces of envelopes and faults.
        options.Converters.Add(new SystemTextJsonConverterFactory());
        options.MakeReadOnly();
        return options;
    }
}
