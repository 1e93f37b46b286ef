using System.Runtime.Serialization;
using System.Text;
using System.Text.Json;
using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Contracts.Tests;
using Locks.Transport.Batches;
using MassTransit;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Transport.Tests.Batches;

/// <summary>The lean form of batches: MassTransit's own form of the same message, without fields at their default.</summary>
public sealed class BatchFormatTests
{
    internal static readonly LockCommands Commands = new(LockKey.ToId("batch"), "loopback://localhost/client",
    [
        new LockCommand
        {
            Acquire = new AcquireLock(
                "key",
                LockKey.ToId("a"),
                "owner",
                TimeSpan.FromSeconds(30),
                TimeSpan.FromSeconds(1),
                ClientId: "c",
                MayJoinCohort: true),
        },
        new LockCommand { RequestId = LockKey.ToId("r"), Release = new ReleaseLock("key", "token", TimeSpan.FromSeconds(1)) },
    ]);

    private static readonly CommandFailed Trouble = new(nameof(RenewLock), "The store is away.");

    internal static readonly LockReplies Replies = new(
        [
            new LockReply
            {
                Acquired = new LockAcquired(
                    "key",
                    LockKey.ToId("a"),
                    "token",
                    7,
                    TimeSpan.FromSeconds(30),
                    [new CohortMember(LockKey.ToId("b"), 8)],
                    OthersWait: true),
            },
        ],
        [LockKey.ToId("batch")],
        Partitions: 2);

    [Fact]
    public void ALeanBatch_IsReadAsMassTransitReadsIt_AndTheOtherWayRound()
    {
        Assert.Equal(Ordinary(Commands), Ordinary(JsonSerializer.Deserialize<LockCommands>(Lean(Commands), SystemTextJsonMessageSerializer.Options)));
        Assert.Equal(Ordinary(Replies), Ordinary(JsonSerializer.Deserialize<LockReplies>(Lean(Replies), SystemTextJsonMessageSerializer.Options)));
        Assert.Equal(Lean(Commands), Lean(CommandsReader.Read(Encoding.UTF8.GetBytes(Ordinary(Commands)))));
        Assert.Equal(Lean(Replies), Lean(RepliesReader.Read(Encoding.UTF8.GetBytes(Ordinary(Replies)))));
    }

    public static TheoryData<string> CommandNames => [.. CommandCatalogue.Batched.Select(type => type.MessageType.Name)];

    public static TheoryData<string> ReplyNames => [.. ReplyCatalogue.Batched.Select(type => type.MessageType.Name)];

    [Theory]
    [MemberData(nameof(CommandNames))]
    public void EveryCommandOfTheCatalogue_IsReadAsTheGeneratedReaderReadsIt(string name)
    {
        var type = CommandCatalogue.Batched.Single(type => type.MessageType.Name == name);
        foreach (var message in SamplesOf(type.MessageType))
        {
            var written = Lean(Commands with { Commands = [type.Wrap(message, LockKey.ToId("r"))] });
            var read = CommandsReader.Read(Encoding.UTF8.GetBytes(written));
            Assert.NotNull(type.MessageIn(read.Commands[0]));
            Assert.Equal(written, Lean(read));
            Assert.Equal(written, Lean(JsonSerializer.Deserialize(written, BatchJson.Default.LockCommands)!));
        }
    }

    [Theory]
    [MemberData(nameof(ReplyNames))]
    public void EveryReplyOfTheCatalogue_IsReadAsTheGeneratedReaderReadsIt(string name)
    {
        var type = ReplyCatalogue.Batched.Single(type => type.MessageType.Name == name);
        foreach (var message in SamplesOf(type.MessageType))
        {
            var written = Lean(Replies with { Replies = [type.Wrap(message, LockKey.ToId("r"))] });
            var read = RepliesReader.Read(Encoding.UTF8.GetBytes(written));
            Assert.NotNull(type.MessageIn(read.Replies[0]));
            Assert.Equal(written, Lean(read));
            Assert.Equal(written, Lean(JsonSerializer.Deserialize(written, BatchJson.Default.LockReplies)!));
        }
    }

    [Fact]
    public void AnUnknownField_IsSkipped_AndANullOneIsAbsent()
    {
        var read = CommandsReader.Read(
            """
            {"new":{"deep":[1,{"x":null}]},"batchId":"0193a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b","commands":[
              {"acquire":{"key":"key","colours":["red"],"lease":"00:00:30","wait":null,"leaseId":null,"clientId":null},"release":null,"priority":7},null]}
            """u8);

        Assert.Equal(new AcquireLock("key", Guid.Empty, null!, TimeSpan.FromSeconds(30)), read.Commands[0].Acquire);
        Assert.Null(read.Commands[0].Release);
        Assert.Null(read.Commands[1]);
        Assert.Null(read.ReplyTo);
        Assert.Null(RepliesReader.Read("""{"replies":[{"acquired":null,"mood":{}}],"completed":null,"partitions":null}"""u8).Replies[0].Acquired);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"commands":{}}""")]
    [InlineData("""{"commands":[3]}""")]
    [InlineData("""{"commands":[{"acquire":"key"}]}""")]
    [InlineData("""{"commands":[{"acquire":{"key":3}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"acquireId":"me"}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"acquireId":null}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"lease":null}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"lease":"30 s"}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"lease":"00:00:30 or so"}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"mayJoinCohort":"yes"}}]}""")]
    [InlineData("""{"commands":[{"acquire":{"key":"k"}}""")]
    public void AMalformedBatch_IsRefusedAsAWhole(string text) =>
        Assert.Throws<SerializationException>(
            () => BatchSerializer.Commands.Deserialize(new StringMessageBody(text), EmptyHeaders.Instance));

    [Fact]
    public void AFieldAtItsDefault_IsLeftOut() =>
        Assert.Equal(
            """{"batchId":"BATCH","replyTo":"loopback://localhost/client","commands":[{"cancel":{"key":"key","acquireId":"A"}}]}"""
                .Replace("BATCH", LockKey.ToId("batch").ToString(), StringComparison.Ordinal)
                .Replace("\"A\"", $"\"{LockKey.ToId("a")}\"", StringComparison.Ordinal),
            Lean(Commands with { Commands = [new LockCommand { Cancel = new CancelAcquire("key", LockKey.ToId("a")) }] }));

    /// <summary>A message with all of its fields, and with the required ones alone.</summary>
    internal static object[] SamplesOf(Type message)
    {
        var sample = Samples.All.Append(new Sample(Trouble, Trouble)).Single(sample => sample.Type == message);
        return [sample.Whole, sample.Least];
    }

    internal static string Lean(LockCommands batch) => JsonSerializer.Serialize(batch, BatchJson.Default.LockCommands);

    internal static string Lean(LockReplies batch) => JsonSerializer.Serialize(batch, BatchJson.Default.LockReplies);

    private static string Ordinary<T>(T batch) => JsonSerializer.Serialize(batch, SystemTextJsonMessageSerializer.Options);
}
