using System.Net.Mime;
using Locks.Contracts;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Locks.Transport;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>A client whose message could not be read heard nothing, and took the coordinator for absent.</summary>
public sealed class UnreadableMessageIsReportedTests
{
    private static readonly Uri Client = new("loopback://localhost/client");

    [Theory]
    [InlineData("application/vnd.locks.commands+json", "not JSON")]
    [InlineData("application/vnd.masstransit+json", "not JSON")]
    public async Task TheClient_IsToldThatItsMessageCouldNotBeRead(string contentType, string body)
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        await coordinator.SendAsync(Asker.A.Try(), Asker.A, send =>
        {
            send.Serializer = new Garbage(new ContentType(contentType), body);
            send.Headers.Set(ProblemAddress.Header, Client.OriginalString);
        });

        await Eventually.HoldsAsync(() => coordinator.AllSent.Any(sent =>
            sent.To.AbsolutePath == Client.AbsolutePath && sent.Message is LockReplies { Problem.Kind: ProblemKinds.Unreadable, Replies.Count: 0 }));
    }

    [Fact]
    public async Task ASenderThatNamesNoAddressForProblems_IsToldNothing()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        await coordinator.SendAsync(
            Asker.A.Try(), Asker.A, send => send.Serializer = new Garbage(new ContentType("application/vnd.locks.commands+json"), "not JSON"));
        await coordinator.DeliverAsync(Asker.B.Try(), Asker.B);

        Assert.DoesNotContain(coordinator.AllSent, sent => sent.Message is LockReplies { Problem: not null });
    }

    private sealed class Garbage(ContentType contentType, string body) : IMessageSerializer
    {
        public ContentType ContentType => contentType;

        public MessageBody GetMessageBody<T>(SendContext<T> context)
            where T : class => new StringMessageBody(body);
    }
}
