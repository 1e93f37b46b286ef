using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Locks.Storage.Tests;

/// <summary>
/// Speaks as much of SQL Server's protocol (MS-TDS) as it takes to sign in and to answer every request with an empty result, and notes what
/// kind each request was. So it shows what gets as far as the network.
/// </summary>
internal sealed class FakeSqlServer : IAsyncDisposable
{
    private const byte PreLogin = 0x12, Login = 0x10, TabularResult = 0x04, EndOfMessage = 0x01;
    private const int HeaderBytes = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentQueue<byte> _requests = new();
    private readonly Task _accepting;

    public FakeSqlServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The type of a request that is a text and nothing else.</summary>
    public const byte Batch = 0x01;

    /// <summary>The type of a request that calls a procedure; a text with parameters goes to <c>sp_executesql</c>.</summary>
    public const byte RemoteProcedureCall = 0x03;

    public string ConnectionString =>
        $"Server=127.0.0.1,{((IPEndPoint)_listener.LocalEndpoint).Port};Database=Locks;User Id=sa;Password=unused;Encrypt=false;Pooling=false";

    /// <summary>The types of the requests that came after a sign-in, in order.</summary>
    public IReadOnlyCollection<byte> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_closing.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                while (await ReceiveAsync(stream) is { } type)
                {
                    if (type is not (PreLogin or Login))
                        _requests.Enqueue(type);
                    await SendAsync(stream, type switch
                    {
                        PreLogin => PreLoginAnswer(),
                        Login => [.. Collation(), .. LoginAcknowledged(), .. Done()],
                        _ => Done(),
                    });
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The client has closed the connection, or the test is over.
            }
        }
    }

    /// <summary>Reads a message to its end.</summary>
    /// <returns>Its type; nothing when there is no other.</returns>
    private async Task<byte?> ReceiveAsync(NetworkStream stream)
    {
        var header = new byte[HeaderBytes];
        do
        {
            if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, _closing.Token) < HeaderBytes)
                return null;
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - HeaderBytes], _closing.Token);
        }
        while ((header[1] & EndOfMessage) == 0);
        return header[0];
    }

    private async Task SendAsync(NetworkStream stream, byte[] body)
    {
        var packet = new byte[HeaderBytes + body.Length];
        (packet[0], packet[1]) = (TabularResult, EndOfMessage);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        packet[6] = 1;
        body.CopyTo(packet, HeaderBytes);
        await stream.WriteAsync(packet, _closing.Token);
    }

    /// <summary>Version 16, no encryption, no MARS.</summary>
    private static byte[] PreLoginAnswer()
    {
        const byte version = 0, encryption = 1, mars = 4, end = 0xFF, notSupported = 2;
        return
        [
            version, 0, 16, 0, 6,
            encryption, 0, 22, 0, 1,
            mars, 0, 23, 0, 1,
            end,
            16, 0, 0, 0, 0, 0,
            notSupported,
            0,
        ];
    }

    /// <summary>The collation of the database, which SqlClient sends text parameters in: Latin1_General_CI_AS.</summary>
    private static byte[] Collation()
    {
        const byte token = 0xE3, kind = 7, length = 5, noFormerValue = 0;
        byte[] body = [kind, length, 0x09, 0x04, 0xD0, 0x00, 0x34, noFormerValue];
        return [token, (byte)body.Length, 0, .. body];
    }

    private static byte[] LoginAcknowledged()
    {
        const byte token = 0xAD, sql = 1;
        byte[] body = [sql, 0x74, 0, 0, 4, 0, 16, 0, 0, 0];
        return [token, (byte)body.Length, 0, .. body];
    }

    private static byte[] Done()
    {
        const byte token = 0xFD;
        return [token, .. new byte[12]];
    }
}
