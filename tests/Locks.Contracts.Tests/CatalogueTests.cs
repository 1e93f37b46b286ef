using Locks.Contracts.Catalogue;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>Every command and every reply has a row, and its way into a batch and out of it.</summary>
public sealed class CatalogueTests
{
    private static readonly Guid RequestId = LockKey.ToId("request");

    public static TheoryData<string> Messages =>
    [
        .. Samples.All.Select(sample => sample.Type.Name)
            .Except([nameof(LockCommands), nameof(LockReplies)])
            .Append(nameof(CommandFailed)),
    ];

    public static TheoryData<string> CommandFields => FieldsOf<LockCommand>();

    public static TheoryData<string> ReplyFields => FieldsOf<LockReply>();

    [Theory]
    [MemberData(nameof(Messages))]
    public void EveryMessage_HasOneRow(string message) => Assert.Single(
        CommandCatalogue.All.Select(type => type.MessageType.Name).Concat(ReplyCatalogue.All.Select(type => type.MessageType.Name)),
        name => name == message);

    [Theory]
    [MemberData(nameof(CommandFields))]
    public void EveryFieldOfACommandInABatch_IsTakenOutAsItWasPutIn(string message)
    {
        var type = CommandCatalogue.Batched.Single(type => type.MessageType.Name == message);
        var whole = Samples.All.Single(sample => sample.Type.Name == message).Whole;

        var command = type.Wrap(whole, RequestId);

        Assert.Same(type, CommandCatalogue.TypeOf(command));
        Assert.Same(whole, type.MessageIn(command));
        Assert.Equal(RequestId, type.RequestIdOf(command));
        Assert.Equal(CommandCatalogue.KeyOf(whole), type.KeyIn(command));
        Assert.Equal(command, CommandCatalogue.Wrap(whole, RequestId));
        Assert.Same(whole, Assert.Single(MessagesIn(command)));
    }

    [Theory]
    [MemberData(nameof(ReplyFields))]
    public void EveryFieldOfAReplyInABatch_IsTakenOutAsItWasPutIn(string message)
    {
        var type = ReplyCatalogue.Batched.Single(type => type.MessageType.Name == message);
        var whole = Samples.All.SingleOrDefault(sample => sample.Type.Name == message)?.Whole
            ?? new CommandFailed("RenewLock", "Key is missing");

        var reply = ReplyCatalogue.Wrap(whole, RequestId);

        Assert.Same(type, ReplyCatalogue.TypeOf(reply));
        Assert.Same(whole, type.MessageIn(reply));
        Assert.Equal(RequestId, type.RequestIdOf(reply));
        Assert.Same(whole, Assert.Single(MessagesIn(reply)));
    }

    /// <summary>The approved wire format shows the fields of a batch's items by these samples alone.</summary>
    [Fact]
    public void TheSamplesOfBatches_HaveEveryCommandAndEveryReply()
    {
        var commands = Samples.All.Select(sample => sample.Whole).OfType<LockCommands>().Single().Commands;
        var replies = Samples.All.Select(sample => sample.Whole).OfType<LockReplies>().Single().Replies;

        Assert.Empty(CommandCatalogue.Batched.Except(commands.Select(CommandCatalogue.TypeOf)).Select(type => type.MessageType.Name));
        Assert.Empty(ReplyCatalogue.Batched.Except(replies.Select(ReplyCatalogue.TypeOf)).Select(type => type.MessageType.Name));
    }

    [Fact]
    public void ARequestIdThatIsTheAttempts_IsLeftOut_AndComesBack()
    {
        var acquire = new AcquireLock("k", RequestId, "owner", TimeSpan.FromSeconds(30));
        var command = CommandCatalogue.Wrap(acquire, RequestId)!;
        Assert.Null(command.RequestId);
        Assert.Equal(RequestId, CommandCatalogue.TypeOf(command).RequestIdOf(command));

        object[] replies =
        [
            new LockAcquired("k", RequestId, "token", 1, TimeSpan.FromSeconds(30)),
            new LockDenied("k", RequestId, DenyReasons.Busy),
            new LockQueued("k", RequestId, 1),
        ];
        Assert.All(replies.Select(message => ReplyCatalogue.Wrap(message, RequestId)), reply =>
        {
            Assert.Null(reply.RequestId);
            Assert.Equal(RequestId, ReplyCatalogue.TypeOf(reply).RequestIdOf(reply));
        });
    }

    [Fact]
    public void ARequestIdThatIsAbsent_StaysAbsent_WhereNoAttemptIsNamed()
    {
        var command = CommandCatalogue.Wrap(new ReleaseLock("k", "token"), requestId: null)!;

        Assert.Null(CommandCatalogue.TypeOf(command).RequestIdOf(command));
    }

    [Fact]
    public void TheCommandsThatExtendALease_SayWhose()
    {
        var extending = CommandCatalogue.All.Where(type => type.ExtendsLease).Select(type => type.MessageType);

        Assert.Equal([typeof(RenewLock), typeof(ConfirmGrant), typeof(RenewLease)], extending);
        var confirm = new ConfirmGrant("k", AcquireId: RequestId, FencingToken: 1);
        Assert.Equal(("k", null), (CommandCatalogue.KeyOf(confirm), CommandCatalogue.TypeOfMessage(confirm).LeaseIdOf(confirm)));
        var renew = new RenewLease(RequestId, TimeSpan.FromSeconds(30), "owner");
        Assert.Equal(RequestId, CommandCatalogue.TypeOfMessage(renew).LeaseIdOf(renew));
    }

    [Fact]
    public void Clients_SendNoMessageOfTheCoordinatorToItself() =>
        Assert.DoesNotContain(CommandCatalogue.FromClients, type => CommandCatalogue.Due.Concat(CommandCatalogue.Session).Contains(type));

    [Fact]
    public void AMessageThatIsEmptyOrUnknown_IsRefused()
    {
        Assert.Throws<UnknownMessageException>(() => CommandCatalogue.TypeOf(new LockCommand { RequestId = RequestId }));
        Assert.Throws<UnknownMessageException>(() => CommandCatalogue.TypeOf(null));
        Assert.Throws<UnknownMessageException>(() => CommandCatalogue.Wrap(new LockReleased("k", 1), RequestId));
        Assert.Throws<UnknownMessageException>(() => CommandCatalogue.KeyOf(new GrantLease(RequestId, TimeSpan.FromSeconds(30), "owner")));
        Assert.Throws<UnknownMessageException>(() => ReplyCatalogue.TypeOf(new LockReply { RequestId = RequestId }));
        Assert.Throws<UnknownMessageException>(() => ReplyCatalogue.TypeOf(null));
        Assert.Throws<UnknownMessageException>(() => ReplyCatalogue.Wrap(new LeaseRevoked(RequestId), RequestId));
    }

    [Fact]
    public void ACommandThatTravelsAlone_IsPutIntoNoBatch() =>
        Assert.Null(CommandCatalogue.Wrap(new DescribeLease(RequestId), RequestId));

    private static IEnumerable<object?> MessagesIn(object item) =>
        item.GetType().GetProperties()
            .Where(field => field.Name != "RequestId")
            .Select(field => field.GetValue(item))
            .Where(message => message is not null);

    private static TheoryData<string> FieldsOf<T>() =>
        [.. typeof(T).GetProperties().Where(field => field.Name != "RequestId").Select(field => field.PropertyType.Name)];
}
