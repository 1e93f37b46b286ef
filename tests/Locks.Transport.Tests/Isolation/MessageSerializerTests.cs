using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Locks.Contracts;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Context;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Transport.Tests.Isolation;

/// <summary>The format of messages that travel alone.</summary>
[Collection(nameof(ChangedOptions))]
public sealed class MessageSerializerTests
{
    private static readonly GrantLease Message = new(new Guid("0197a0b5-0000-7000-8000-000000000001"), TimeSpan.FromSeconds(90), "owner");

    // An application changes the options for all buses of its process, or of one of two processes.
    [Fact]
    public void WhatAnApplicationDoesToTheJsonOfItsMessages_ChangesNothing()
    {
        var before = SystemTextJsonMessageSerializer.Options;
        var written = Write();
        try
        {
            var changed = new JsonSerializerOptions(before) { PropertyNamingPolicy = JsonNamingPolicy.KebabCaseUpper };
            changed.Converters.Insert(0, new Seconds());
            SystemTextJsonMessageSerializer.Options = changed;

            Assert.Equal(Body(written), Body(Write()));
            Assert.True(MessageSerializer.Instance.Deserialize(new BytesMessageBody(written), EmptyHeaders.Instance).TryGetMessage<GrantLease>(out var read));
            Assert.Equal(Message, read);
        }
        finally
        {
            SystemTextJsonMessageSerializer.Options = before;
        }
    }

    [Fact]
    public void WhatAnApplicationDoesToTheJsonOfItsMessages_ChangesNoHeader()
    {
        var before = SystemTextJsonMessageSerializer.Options;
        var sent = new MessageSendContext<GrantLease>(Message, CancellationToken.None);
        sent.Headers.Set("terms", new Terms(TimeSpan.FromSeconds(90)));
        sent.Headers.Set("ttl", "00:01:30");
        sent.Headers.Set("count", 7);
        var written = MessageSerializer.Instance.GetMessageBody(sent).GetBytes();
        try
        {
            var changed = new JsonSerializerOptions(before);
            changed.Converters.Insert(0, new Seconds());
            SystemTextJsonMessageSerializer.Options = changed;

            var headers = MessageSerializer.Instance.Deserialize(new BytesMessageBody(written), EmptyHeaders.Instance).Headers;

            Assert.Equal(new Terms(TimeSpan.FromSeconds(90)), headers.Get<Terms>("terms"));
            Assert.Equal((TimeSpan.FromSeconds(90), "00:01:30"), (headers.Get<TimeSpan>("ttl"), headers.Get<string>("ttl")));
            Assert.Equal((7, null, 5), (headers.Get<int>("count"), headers.Get<Terms>("absent"), headers.Get("absent", (int?)5)));
        }
        finally
        {
            SystemTextJsonMessageSerializer.Options = before;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"messageId":7}""")]
    public void WhatIsNoMessage_IsRefused_WithTheContentType(string text)
    {
        var refusal = Assert.Throws<SerializationException>(
            () => MessageSerializer.Instance.Deserialize(new StringMessageBody(text), EmptyHeaders.Instance));

        Assert.StartsWith("A message of application/vnd.locks.message+json can't be read: ", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Write() => MessageSerializer.Instance
        .GetMessageBody(new MessageSendContext<GrantLease>(Message, CancellationToken.None) { RequestId = Message.LeaseId })
        .GetBytes();

    private static string Body(byte[] message) => JsonDocument.Parse(Encoding.UTF8.GetString(message)).RootElement.GetProperty("message").GetRawText();

    private sealed record Terms(TimeSpan Ttl);

    private sealed class Seconds : JsonConverter<TimeSpan>
    {
        public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            TimeSpan.FromSeconds(reader.GetDouble());

        public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
            writer.WriteNumberValue(value.TotalSeconds);
    }
}

/// <summary>MassTransit's JSON options are the whole process's.</summary>
[CollectionDefinition(nameof(ChangedOptions), DisableParallelization = true)]
public sealed class ChangedOptions;
