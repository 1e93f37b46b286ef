using Locks.Transport.RabbitMq;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

/// <summary>A permission that the broker refuses is named, with the command that grants it.</summary>
public sealed class AccessRefusalTests
{
    private const string Words = "ACCESS_REFUSED - configure access to exchange 'locks' in vhost '/shop' refused for user 'billing'";

    [Fact]
    public void ARefusal_IsExplainedWithTheCommandThatGrantsThePermission()
    {
        var exception = new InvalidOperationException("MassTransit wraps it", Refusal(403, Words));

        var explanation = new RabbitMqTransport(new Uri("rabbitmq://localhost/bus")).ExplainRefusal(exception, LockRole.Client, "locks");

        Assert.StartsWith(
            "The broker refuses user 'billing' the configure permission on exchange 'locks' in virtual host '/shop'.", explanation, StringComparison.Ordinal);
        Assert.EndsWith(
            "rabbitmqctl set_permissions -p /shop billing '^(locks(-([0-9]+|queries|alive))?|.*_locks-client_.*)$' "
                + "'^(locks(-([0-9]+|queries|alive))?|.*_locks-client_.*)$' '^.*_locks-client_.*$' (configure, write, read).",
            explanation,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusalThatDoesNotNameThePermission_IsExplainedAllTheSame()
    {
        var explanation = AccessRefusal.Explain(
            Refusal(403, "ACCESS_REFUSED - access to queue 'locks' in vhost '/' refused for user 'billing'"), LockRole.Coordinator, "locks");

        Assert.StartsWith(
            "The broker refuses user 'billing' access to queue 'locks' in virtual host '/'. Grant it, for example with rabbitmqctl",
            explanation,
            StringComparison.Ordinal);
    }

    [Fact]
    public void ARefusalInOtherWords_IsRepeated() => Assert.Equal(
        "The broker refuses access: ACCESS_REFUSED - go away",
        AccessRefusal.Explain(Refusal(403, "ACCESS_REFUSED - go away"), LockRole.Client, "locks"));

    [Fact]
    public void AnotherError_IsNoRefusal() => Assert.Null(
        AccessRefusal.Explain(Refusal(404, "NOT_FOUND - no exchange 'locks'"), LockRole.Client, "locks"));

    private static OperationInterruptedException Refusal(ushort code, string text) =>
        new(new ShutdownEventArgs(ShutdownInitiator.Peer, code, text));
}
