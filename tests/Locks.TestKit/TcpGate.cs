using System.Net;
using System.Net.Sockets;

namespace Locks.TestKit;

/// <summary>
/// Forwards connections on a loopback port of its own to a server. Opened, it lets them through; refusing, it
/// answers like a port without a listener; cutting breaks what is connected, in the middle of whatever goes on.
/// </summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _port;
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _connected = [];
    private readonly List<Task> _work = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _flow = Flowing();
    private int _accepted;
    private int _silenced;
    private Socket _entrance;
    private bool _open;

    /// <summary>A gate that refuses until it is opened.</summary>
    /// <param name="host">The server behind it.</param>
    /// <param name="port">The server's port.</param>
    public TcpGate(string host, int port)
    {
        _host = host;
        _port = port;

        // Bound but not listening: the system refuses connections, and gives the port to no other process.
        _entrance = Bind(0);
        Port = ((IPEndPoint)_entrance.LocalEndPoint!).Port;
    }

    /// <summary>Where the gate is, on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Told before and after anything is forwarded, in either direction.</summary>
    public event Action? Forwarding;

    /// <summary>How many connections are being forwarded.</summary>
    public int Connections
    {
        get
        {
            lock (_lock)
                return _connected.Count / 2;
        }
    }

    /// <summary>An open gate in front of a server.</summary>
    /// <param name="server">The server.</param>
    /// <param name="through">The server's address through it.</param>
    public static TcpGate OpenTo(Uri server, out Uri through)
    {
        var address = new UriBuilder(server);
        var gate = new TcpGate(address.Host, address.Port);
        (address.Host, address.Port) = ("127.0.0.1", gate.Port);
        through = address.Uri;
        gate.Open();
        return gate;
    }

    /// <summary>Lets connections through.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_open)
                return;

            _open = true;
            _entrance.Listen();
            _work.Add(AcceptAsync(_entrance));
        }
    }

    /// <summary>Refuses new connections; those that there are go on.</summary>
    public void Refuse()
    {
        lock (_lock)
        {
            if (!_open)
                return;

            _open = false;
            _entrance.Dispose();
            _entrance = Bind(Port);
        }
    }

    /// <summary>Breaks every connection. New ones come through if the gate is open.</summary>
    public void Cut()
    {
        Socket[] connected;
        lock (_lock)
        {
            connected = [.. _connected];
            _connected.Clear();
        }

        foreach (var socket in connected)
        {
            // Closed without lingering, a connection is reset, as when the machine behind it died.
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
            }
            catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
            {
                // It ended by itself just now, perhaps because the other side of the gate was cut.
            }

            socket.Dispose();
        }
    }

    /// <summary>
    /// As if the way to the server were lost: what is connected stays so, and nothing is forwarded on it any more. New connections come
    /// through if the gate is open.
    /// </summary>
    public void Silence() => Volatile.Write(ref _silenced, Volatile.Read(ref _accepted));

    /// <summary>
    /// As if the network lost everything for a while: what is connected stays so, new connections are accepted if the gate is open, and
    /// nothing is forwarded on either, nor that one side has closed.
    /// </summary>
    public void Interrupt()
    {
        lock (_lock)
        {
            if (_flow.Task.IsCompleted)
                _flow = NewFlow();
        }
    }

    /// <summary>Ends an interruption: what was sent meanwhile arrives now, as TCP sends it again.</summary>
    public void Restore() => _flow.TrySetResult();

    /// <summary>As if the server died: refuses, and breaks what is connected.</summary>
    public void Close()
    {
        Refuse();
        Cut();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The port is not needed again: binding it anew could fail by now, because another connection has been given it.
        lock (_lock)
        {
            _open = false;
            _entrance.Dispose();
        }

        Cut();
        _ended.TrySetResult();
        Restore();
        Task[] work;
        lock (_lock)
            work = [.. _work];
        await Task.WhenAll(work);
    }

    private static TaskCompletionSource NewFlow() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource Flowing()
    {
        var flow = NewFlow();
        flow.SetResult();
        return flow;
    }

    private static Socket Bind(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task AcceptAsync(Socket entrance)
    {
        while (true)
        {
            Socket caller;
            try
            {
                caller = await entrance.AcceptAsync();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_lock)
            {
                // It was accepted just before the gate was closed, and what was connected then is cut.
                if (!_open || entrance != _entrance)
                {
                    caller.Dispose();
                    return;
                }

                _work.Add(ForwardAsync(caller));
            }
        }
    }

    private async Task ForwardAsync(Socket caller)
    {
        var number = Interlocked.Increment(ref _accepted);
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        caller.NoDelay = true;
        lock (_lock)
        {
            _connected.Add(caller);
            _connected.Add(server);
        }

        try
        {
            await server.ConnectAsync(_host, _port);
            await Task.WhenAll(PumpAsync(number, caller, server), PumpAsync(number, server, caller));
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            // Cut, or one side is gone: so is the other then.
        }
        finally
        {
            lock (_lock)
            {
                _connected.Remove(caller);
                _connected.Remove(server);
            }

            caller.Dispose();
            server.Dispose();
        }
    }

    private async Task PumpAsync(int number, Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is var read and > 0)
            {
                if (number <= Volatile.Read(ref _silenced))
                    await _ended.Task;
                await _flow.Task;
                Forwarding?.Invoke();
                for (var sent = 0; sent < read;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent));
                Forwarding?.Invoke();
            }

            await _flow.Task;
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException)
        {
            await _flow.Task;

            // Both directions end with either.
            from.Dispose();
            to.Dispose();
        }
    }
}
