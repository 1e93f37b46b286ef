using System.Net;
using System.Net.Sockets;
using System.Text;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>The fault tests rest on it.</summary>
public sealed class TcpGateTests : IDisposable
{
    private const int Limit = 30_000;

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);

    public TcpGateTests() => _server.Start();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact(Timeout = Limit)]
    public async Task AGate_RefusesUntilItIsOpened_AndAgainWhenItIsClosed()
    {
        await using var gate = Gate();
        for (var round = 0; round < 3; round++)
        {
            using (var refused = new TcpClient())
                await Assert.ThrowsAsync<SocketException>(async () => await refused.ConnectAsync(IPAddress.Loopback, gate.Port, Cancel));

            gate.Open();
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, gate.Port, Cancel);
            using var served = await _server.AcceptTcpClientAsync(Cancel);
            await AssertForwardsAsync(client, served);
            await AssertForwardsAsync(served, client);

            gate.Refuse();
            await AssertForwardsAsync(client, served);

            gate.Cut();
            Assert.True(await IsBrokenAsync(client));
            Assert.True(await IsBrokenAsync(served));
            Assert.Equal(0, gate.Connections);
        }
    }

    [Fact(Timeout = Limit)]
    public async Task AnEndOfOneDirection_IsPassedOn()
    {
        await using var gate = Gate();
        gate.Open();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, gate.Port, Cancel);
        using var served = await _server.AcceptTcpClientAsync(Cancel);

        client.Client.Shutdown(SocketShutdown.Send);

        Assert.Equal(0, await served.Client.ReceiveAsync(new byte[1], Cancel));
        await AssertForwardsAsync(served, client);
    }

    private TcpGate Gate() => new("127.0.0.1", ((IPEndPoint)_server.LocalEndpoint).Port);

    private static async Task AssertForwardsAsync(TcpClient from, TcpClient to)
    {
        // Streams are not to be had of a connection that is half closed.
        await from.Client.SendAsync("through"u8.ToArray(), Cancel);
        var received = new byte[7];
        for (var read = 0; read < received.Length;)
            read += await to.Client.ReceiveAsync(received.AsMemory(read), Cancel);
        Assert.Equal("through", Encoding.ASCII.GetString(received));
    }

    private static async Task<bool> IsBrokenAsync(TcpClient client)
    {
        try
        {
            return await client.Client.ReceiveAsync(new byte[1], Cancel) == 0;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
