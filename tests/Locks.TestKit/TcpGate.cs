using System.Net;
using System.Net.Sockets;

namespace Locks.TestKit;

/// <summary>
/// A door in front of a server on this machine. Shut, it cuts every connection and refuses new ones, as a server does that went away.
/// </summary>
public sealed class TcpGate : IAsyncDisposable
{
    private readonly string _host;
    private readonly int _targetPort;
    private readonly Lock _gate = new();
    private readonly HashSet<TcpClient> _open = [];
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;

    /// <summary>A gate in front of a server, shut.</summary>
    public TcpGate(string host, int targetPort)
    {
        _host = host;
        _targetPort = targetPort;
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
    }

    /// <summary>The gate's own port on the loopback address; the same all its life.</summary>
    public int Port { get; }

    /// <summary>Lets connections through.</summary>
    public void Open()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Server.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        listener.Start();
        _listener = listener;
        _accepting = AcceptAsync(listener);
    }

    /// <summary>Cuts every connection and refuses new ones.</summary>
    public void Shut()
    {
        _listener?.Stop();
        _listener = null;
        lock (_gate)
        {
            foreach (var client in _open)
                client.Client.Close(timeout: 0);
            _open.Clear();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Shut();
        await _accepting;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        try
        {
            while (true)
                _ = ForwardAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Shut.
        }
    }

    private async Task ForwardAsync(TcpClient inside)
    {
        var outside = new TcpClient();
        try
        {
            await outside.ConnectAsync(_host, _targetPort);
            lock (_gate)
            {
                _open.Add(inside);
                _open.Add(outside);
            }

            await Task.WhenAny(
                inside.GetStream().CopyToAsync(outside.GetStream()),
                outside.GetStream().CopyToAsync(inside.GetStream()));
        }
        catch (Exception exception) when (exception is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }
        finally
        {
            lock (_gate)
            {
                _open.Remove(inside);
                _open.Remove(outside);
            }

            inside.Dispose();
            outside.Dispose();
        }
    }
}
