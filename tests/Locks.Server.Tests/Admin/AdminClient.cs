using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Locks.Server.Tests.Admin;

/// <summary>A caller of the admin API.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http;

    private AdminClient(SocketsHttpHandler handler, Uri address) => _http = new HttpClient(handler) { BaseAddress = address };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>One on the same machine, over TCP.</summary>
    public static AdminClient Of(string address) => new(new SocketsHttpHandler { UseProxy = false }, new Uri(address));

    /// <summary>One that the server can't tell to be on the same machine: it comes through a socket without an address.</summary>
    public static AdminClient Elsewhere(string socketPath) => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        },
        new Uri("http://localhost"));

    /// <summary>Sends the key with every request from now on.</summary>
    public AdminClient WithKey(string key)
    {
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return this;
    }

    public Task<AdminAnswer> GetAsync(string path, params (string Name, string Value)[] headers) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), headers);

    /// <summary>A write as the page makes it.</summary>
    public Task<AdminAnswer> PostAsync(string path, object body, params (string Name, string Value)[] headers) =>
        PostAsync(path, JsonSerializer.Serialize(body), "application/json", [("X-Locks-Admin", "1"), .. headers]);

    /// <summary>A write of any form.</summary>
    public Task<AdminAnswer> PostAsync(string path, string body, string type, params (string Name, string Value)[] headers) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, type) }, headers);

    /// <summary>The server-sent events, until they are disposed of.</summary>
    public Task<Stream> OpenEventsAsync() => _http.GetStreamAsync(new Uri("/api/v1/events", UriKind.Relative), Cancel);

    public void Dispose() => _http.Dispose();

    private async Task<AdminAnswer> SendAsync(HttpRequestMessage request, (string Name, string Value)[] headers)
    {
        using var sent = request;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await _http.SendAsync(request, Cancel);
        return new AdminAnswer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancel),
            response.Headers.Concat(response.Content.Headers).ToDictionary(
                header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase));
    }
}

/// <summary>What the server answered.</summary>
internal sealed record AdminAnswer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The problem's name, which is a heading in the docs.</summary>
    public string? Problem => Json.GetProperty("type").GetString()?.Split('#')[1];

    public string? Detail => Json.GetProperty("detail").GetString();

    /// <summary>Fails unless the answer is this problem, in the form of RFC 9457.</summary>
    public AdminAnswer IsProblem(HttpStatusCode status, string name)
    {
        Assert.Equal((status, name), (Status, Body.Length > 0 ? Problem : "(no body)"));
        Assert.Equal((int)status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Json.GetProperty("title").GetString()!);
        Assert.StartsWith("application/problem+json", Headers["Content-Type"], StringComparison.Ordinal);
        return this;
    }
}
