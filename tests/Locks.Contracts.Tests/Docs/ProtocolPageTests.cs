using Locks.Contracts.Catalogue;
using Xunit;

namespace Locks.Contracts.Tests.Docs;

public sealed class ProtocolPageTests
{
    [Fact]
    public void ThePage_NamesEveryCommandAndEveryReply()
    {
        var messages = CommandCatalogue.All.Select(type => type.MessageType).Concat(ReplyCatalogue.All.Select(type => type.MessageType));

        Assert.Empty(messages.Select(message => message.Name).Except(Page.At("docs/protocol.md").CodeSpans));
    }
}
