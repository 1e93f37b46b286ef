using System.Diagnostics.CodeAnalysis;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Initializers;
using MassTransit.Initializers.TypeConverters;
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
        where T : class => TryRead<T>(value, out var read) ? read : defaultValue;

    T? IObjectDeserializer.DeserializeObject<T>(object? value, T? defaultValue) => TryRead<T>(value, out var read) ? read : defaultValue;

    MessageBody IObjectDeserializer.SerializeObject(object? value) =>
        value is null ? new EmptyMessageBody() : new SystemTextJsonObjectMessageBody(value, Options);

    /// <summary>Reads the value of a header: as it is, as text, or as JSON.</summary>
    private static bool TryRead<T>(object? value, [NotNullWhen(true)] out T? read)
    {
        read = default;
        if (value is null || (value is string { } blank && value is not T && string.IsNullOrWhiteSpace(blank)))
            return false;

        read = value switch
        {
            T already => already,
            string text when TypeConverterCache.TryGetTypeConverter(out ITypeConverter<T, string>? converter)
                && converter.TryConvert(text, out var converted) => converted,
            string text => JsonSerializer.Deserialize<T>(text, Options),
            _ => JsonSerializer.SerializeToElement(value, Options).Deserialize<T>(Options),
        };
        return read is not null;
    }

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
