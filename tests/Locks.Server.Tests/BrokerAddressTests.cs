using Locks.Server.Configuration;
using Xunit;

namespace Locks.Server.Tests;

public sealed class BrokerAddressTests
{
    [Theory]
    [InlineData("amqp://broker", "broker", 5672, "/", "guest", "guest", false)]
    [InlineData("amqp://locks:pw@rabbitmq:5672/", "rabbitmq", 5672, "/", "locks", "pw", false)]
    [InlineData("amqp://locks:pw@rabbitmq:5672/postgres", "rabbitmq", 5672, "postgres", "locks", "pw", false)]
    [InlineData("amqp://locks@rabbitmq/%2Fodd%20one", "rabbitmq", 5672, "/odd one", "locks", "", false)]
    [InlineData("amqps://a%40b:p%3Aw:x@rabbitmq/v", "rabbitmq", 5671, "v", "a@b", "p:w:x", true)]
    [InlineData("amqps://rabbitmq:5999", "rabbitmq", 5999, "/", "guest", "guest", true)]
    public void AnAddress_NamesHostPortVirtualHostAndSignIn(
        string text, string host, int port, string virtualHost, string user, string password, bool tls)
    {
        Assert.True(BrokerAddress.TryParse(text, out var broker));

        Assert.Equal(new BrokerAddress(host, (ushort)port, virtualHost, user, password, tls), broker);
    }

    [Theory]
    [InlineData("amqp://locks:pw@one,two:5673,three/v", "one", 5672, "two:5673,three:5672", "amqp://one:5672,two:5673,three:5672/v")]
    [InlineData("amqps://locks:a,b@one:5999,two", "one", 5999, "two:5671", "amqps://one:5999,two:5671/")]
    public void AnAddressOfACluster_NamesEachNode(string text, string host, int port, string others, string shown)
    {
        Assert.True(BrokerAddress.TryParse(text, out var broker));

        Assert.Equal((host, (ushort)port, others), (broker.Host, broker.Port, broker.OtherNodes));
        Assert.Equal(shown, $"{broker}");
    }

    [Theory]
    [InlineData("http://broker")]
    [InlineData("amqp://one,/v")]
    [InlineData("amqp://,one/v")]
    [InlineData("amqp://one,two?s3cret")]
    [InlineData("amqp://one,two:none/v")]
    [InlineData("rabbitmq:5672")]
    [InlineData("amqp://broker/a/b")]
    [InlineData("amqp://broker/?password=s3cret")]
    [InlineData("amqp:///v")]
    [InlineData("broker")]
    public void AnythingElse_IsRefused(string text) => Assert.False(BrokerAddress.TryParse(text, out _));

    [Fact]
    public void ItsText_ShowsNoSignIn()
    {
        Assert.True(BrokerAddress.TryParse("amqps://locks:s3cret@rabbitmq/postgres", out var broker));

        Assert.Equal("amqps://rabbitmq:5671/postgres", $"{broker}");
    }

    [Theory]
    [InlineData("http://locks:s3cret@rabbitmq", "http://***@rabbitmq")]
    [InlineData("locks:s3cret@rabbitmq", "***@rabbitmq")]
    [InlineData("http://locks:s3@cret@rabbitmq", "http://***@rabbitmq")]
    [InlineData("Host=db;Password=s3cret", "***")]
    [InlineData("amqp://rabbitmq?s3cret", "amqp://rabbitmq?***")]
    [InlineData("http://rabbitmq", "http://rabbitmq")]
    public void WhatIsShownOfAWrongOne_HasNoSecret(string text, string shown) =>
        Assert.Equal(shown, BrokerAddress.WithoutSecrets(text));
}
