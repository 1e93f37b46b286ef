using System.Net.Sockets;
using System.Security.Authentication;
using Locks.Cli.Doctor;
using Locks.Server.Configuration;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Locks.Cli.Tests.Doctor;

public sealed class BrokerCheckTests
{
    private static readonly BrokerAddress Broker = new("rabbit", 5672, "/", "user", "secret", Tls: false);

    [Theory]
    [InlineData(0, 0, CheckStatus.Fail)]
    [InlineData(2, 999, CheckStatus.Ok)]
    [InlineData(2, 1_000, CheckStatus.Warn)]
    public void AQueue_IsJudged_ByItsReadersAndItsLength(uint consumers, uint messages, string status)
    {
        var result = BrokerCheck.Judge("locks", consumers, messages);

        Assert.Equal(status, result.Status);
        Assert.Equal($"'locks' has {consumers} consumers and {messages} messages", result.Detail);
    }

    [Fact]
    public void AFailureToConnect_IsExplained_ByItsCause_WithoutThePassword()
    {
        AdviceIs("user and the password", new AuthenticationFailureException("ACCESS_REFUSED"));
        AdviceIs("virtual host", new OperationInterruptedException(new ShutdownEventArgs(ShutdownInitiator.Peer, 530, "NOT_ALLOWED")));
        AdviceIs("certificate", new AuthenticationException("The remote certificate was rejected"));
        AdviceIs("address and the port", new SocketException((int)SocketError.ConnectionRefused));
    }

    private static void AdviceIs(string part, Exception cause)
    {
        var result = BrokerCheck.Explain(Broker, new BrokerUnreachableException(new AggregateException(cause)));

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains(part, result.Advice, StringComparison.Ordinal);
        Assert.StartsWith("amqp://rabbit:5672/ can't be used: ", result.Detail, StringComparison.Ordinal);
        Assert.Contains(cause.Message, result.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Detail + result.Advice, StringComparison.Ordinal);
    }
}
