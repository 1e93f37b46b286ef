using System.Buffers;
using System.Net.Mime;
using System.Runtime.Serialization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Locks.Contracts;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Serialization;

namespace Locks.Transport.Batches;

/// <summary>The two formats of batches.</summary>
internal static class BatchSerializer
{
    public static readonly BatchSerializer<LockCommands> Commands = new(
        "application/vnd.locks.commands+json", BatchJson.Default.LockCommands, CommandsReader.Read);

    public static readonly BatchSerializer<LockReplies> Replies = new(
        "application/vnd.locks.replies+json", BatchJson.Default.LockReplies, RepliesReader.Read);
}

/// <summary>Reads a batch.</summary>
/// <exception cref="JsonException">It is no JSON, or of another form.</exception>
/// <exception cref="FormatException">A value is malformed.</exception>
/// <exception cref="InvalidOperationException">A value is of another type.</exception>
internal delegate TBatch ReadBatch<out TBatch>(ReadOnlySpan<byte> utf8);

/// <summary>
/// Reads and writes batches of one kind without an envelope: the address for the replies is in the batch, and the rest of an envelope is
/// not used. An endpoint reads them beside MassTransit's own formats, told apart by their content type.
/// </summary>
internal sealed class BatchSerializer<TBatch>(string contentType, JsonTypeInfo<TBatch> form, ReadBatch<TBatch> read) :
    IMessageSerializer, IMessageDeserializer, ISerializerFactory
    where TBatch : class
{
    private static readonly string[] Types = [MessageUrn.ForTypeString<TBatch>()];

    public ContentType ContentType { get; } = new(contentType);

    public IMessageSerializer CreateSerializer() => this;

    public IMessageDeserializer CreateDeserializer() => this;

    /// <summary>Writes a batch to bytes that are kept.</summary>
    public byte[] Write(TBatch batch)
    {
        using var bytes = BatchBuffers.Rent();
        Write(batch, bytes.Buffer);
        return bytes.Buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a batch.</summary>
    public void Write(TBatch batch, IBufferWriter<byte> buffer)
    {
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = form.Options.Encoder, SkipValidation = true });
        JsonSerializer.Serialize(json, batch, form);
    }

    /// <summary>Reads a batch.</summary>
    /// <exception cref="SerializationException">The batch is malformed.</exception>
    public TBatch Read(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return read(utf8);
        }
        // The reader throws one or another of them, by what is wrong.
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            throw new SerializationException($"A message of {ContentType.MediaType} can't be read: {exception.Message}", exception);
        }
    }

    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class =>
        context.Message is TBatch batch
            ? new BytesMessageBody(Write(batch))
            : throw new SerializationException($"{typeof(T).Name} is not written as {ContentType.MediaType}.");

    public MessageBody GetMessageBody(string text) => new StringMessageBody(text);

    public ConsumeContext Deserialize(ReceiveContext receiveContext) =>
        new BodyConsumeContext(
            receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));

    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null) => new Batch(
        this,
        Read(body.GetBytes()),
        new RawMessageContext(headers, destinationAddress, RawSerializerOptions.Default),
        MessageSerializer.Options);

    public void Probe(ProbeContext context) => context.CreateScope("batch").Add("contentType", ContentType.MediaType);

    /// <summary>A batch that was read. The base class hands out a message that is already of the requested type.</summary>
    private sealed class Batch(
        BatchSerializer<TBatch> serializer, TBatch batch, MessageContext context, JsonSerializerOptions options) :
        SystemTextJsonSerializerContext(
            MessageSerializer.Instance, options, serializer.ContentType, context, Types, message: batch)
    {
        public override IMessageSerializer GetMessageSerializer() => serializer;
    }
}
