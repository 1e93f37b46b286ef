using Locks.Server.Configuration;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Locks.Server.Tests;

public sealed class OwnAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080/")]
    [InlineData("http://127.0.0.1:9000/", "http_ports", "9000;9001")]
    [InlineData("http://127.0.0.1:9000/", "urls", "https://+:9443;http://+:9000")]
    [InlineData("http://127.0.0.1:9000/", "urls", "http://[::]:9000")]
    [InlineData("http://[::1]:9000/", "urls", "http://[::1]:9000")]
    [InlineData("http://10.0.0.7:9000/", "urls", "http://10.0.0.7:9000", "http_ports", "8080")]
    [InlineData("http://127.0.0.1:9002/", "urls", "http://10.0.0.7:9000", "Kestrel:Endpoints:Main:Url", "http://*:9002")]
    public void TheHealthCommand_AsksWhereTheServerListens(string expected, params string[] settings) =>
        Assert.Equal(expected, OwnAddress.Find(Configuration(settings)).ToString());

    [Fact]
    public void AServerWithoutPlainHttp_CannotBeAsked()
    {
        var bad = Assert.Throws<BadConfigurationException>(() => OwnAddress.Find(Configuration(["https_ports", "8443"])));

        Assert.Equal(
            "The health command needs an address of the server that begins with http://; it listens on 'https://*:8443'.",
            Assert.Single(bad.Problems));
    }

    private static IConfiguration Configuration(string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Chunk(2).Select(pair => KeyValuePair.Create(pair[0], (string?)pair[1])))
        .Build();
}
