using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Locks.Storage.Tests;

/// <summary>
/// Speaks as much of SQL Server's protocol (MS-TDS) as it takes to sign in and to answer every request with an empty result, an error or a
/// number, and notes what each request was. So it shows what gets as far as the network, and what becomes of the server's errors.
/// </summary>
internal sealed class FakeSqlServer : IAsyncDisposable
{
    private const byte PreLogin = 0x12, TabularResult = 0x04, EndOfMessage = 0x01;
    private const int HeaderBytes = 8;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _closing = new();
    private readonly ConcurrentQueue<byte> _requests = new();
    private readonly ConcurrentQueue<byte[]> _bodies = new();
    private readonly List<(byte Type, byte[] Text, Queue<byte[]> Answers)> _answers = [];
    private readonly Task _accepting;

    public FakeSqlServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The type of a sign-in.</summary>
    public const byte Login = 0x10;

    /// <summary>The type of a request that is a text and nothing else.</summary>
    public const byte Batch = 0x01;

    /// <summary>The type of a request that calls a procedure; a text with parameters goes to <c>sp_executesql</c>.</summary>
    public const byte RemoteProcedureCall = 0x03;

    public string ConnectionString =>
        $"Server=127.0.0.1,{((IPEndPoint)_listener.LocalEndpoint).Port};Database=Locks;User Id=sa;Password=unused;Encrypt=false;Pooling=false;ConnectRetryCount=0";

    /// <summary>The types of the requests that came after a sign-in, in order.</summary>
    public IReadOnlyCollection<byte> Requests => _requests;

    /// <summary>How many requests had this text in them.</summary>
    public int Count(string text) => _bodies.Count(body => Has(body, Encoding.Unicode.GetBytes(text)));

    /// <summary>Answers the next requests of a type that have this text in them, one after the other; later ones are answered as ever.</summary>
    public void Answer(byte type, string text, params byte[][] answers)
    {
        lock (_answers)
            _answers.Add((type, Encoding.Unicode.GetBytes(text), new Queue<byte[]>(answers)));
    }

    /// <summary>An error.</summary>
    public static byte[] Error(int number, byte severity, string message)
    {
        const byte token = 0xAA, state = 1, noName = 0;
        byte[] body =
        [
            .. BitConverter.GetBytes(number), state, severity, .. BitConverter.GetBytes((ushort)message.Length), .. Encoding.Unicode.GetBytes(message),
            noName, noName, .. BitConverter.GetBytes(1),
        ];
        return [token, .. BitConverter.GetBytes((ushort)body.Length), .. body, .. Done(status: 2)];
    }

    /// <summary>A row with one number.</summary>
    public static byte[] Number(int value)
    {
        const byte metadata = 0x81, integer = 0x38, row = 0xD1, noName = 0;
        return [metadata, 1, 0, 0, 0, 0, 0, 0, 0, integer, noName, row, .. BitConverter.GetBytes(value), .. Done()];
    }

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
                while (await ReceiveAsync(stream) is var (type, body))
                {
                    if (type is not (PreLogin or Login))
                        _requests.Enqueue(type);
                    _bodies.Enqueue(body);
                    await SendAsync(stream, ScriptedAnswer(type, body) ?? type switch
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
    /// <returns>Its type and what it says; nothing when there is no other.</returns>
    private async Task<(byte Type, byte[] Body)?> ReceiveAsync(NetworkStream stream)
    {
        var header = new byte[HeaderBytes];
        var body = new List<byte>();
        do
        {
            if (await stream.ReadAtLeastAsync(header, HeaderBytes, throwOnEndOfStream: false, _closing.Token) < HeaderBytes)
                return null;
            var packet = new byte[BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(2)) - HeaderBytes];
            await stream.ReadExactlyAsync(packet, _closing.Token);
            body.AddRange(packet);
        }
        while ((header[1] & EndOfMessage) == 0);
        return (header[0], [.. body]);
    }

    private byte[]? ScriptedAnswer(byte type, byte[] body)
    {
        lock (_answers)
        {
            var (_, _, answers) = _answers.Find(answer => answer.Type == type && answer.Answers.Count > 0 && Has(body, answer.Text));
            return answers?.Dequeue();
        }
    }

    private static bool Has(byte[] body, byte[] text) => body.AsSpan().IndexOf(text) >= 0;

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

    private static byte[] Done(byte status = 0)
    {
        const byte token = 0xFD;
        return [token, status, .. new byte[11]];
    }
}
