using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Locks.Server.Tests.Telemetry;

/// <summary>A receiver of OTLP by HTTP, as a collector is one. It decodes what it is sent, by the numbers of the protocol's schema.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentQueue<ReceivedMetric> _metrics = new();
    private readonly ConcurrentQueue<ReceivedLog> _logs = new();
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0"]);
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/traces", request => ReceiveAsync(request, 2, (resource, scope, span) => _spans.Enqueue(new ReceivedSpan(resource, scope, span))));
        _app.MapPost("/v1/metrics", request => ReceiveAsync(request, 2, (resource, scope, metric) => _metrics.Enqueue(new ReceivedMetric(resource, scope, metric))));
        _app.MapPost("/v1/logs", request => ReceiveAsync(request, 2, (resource, scope, log) => _logs.Enqueue(new ReceivedLog(resource, scope, log))));
    }

    public string Address => _app.Urls.Single();

    public IReadOnlyCollection<ReceivedSpan> Spans => _spans;

    /// <summary>Each metric as often as it was sent; the last one counts.</summary>
    public IReadOnlyCollection<ReceivedMetric> Metrics => _metrics;

    public IReadOnlyCollection<ReceivedLog> Logs => _logs;

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Requests of all signals have the same form: what a resource sent, by scope.</summary>
    private static async Task ReceiveAsync(HttpContext context, int items, Action<ReceivedTags, string, ProtoMessage> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var sent in new ProtoMessage(body.ToArray()).All(1))
        {
            var resource = new ReceivedTags(sent.One(1).All(1));
            foreach (var scope in sent.All(2))
            {
                foreach (var item in scope.All(items))
                    take(resource, scope.One(1).Text(1), item);
            }
        }

        // An empty message says that all was taken.
        context.Response.ContentType = "application/x-protobuf";
    }
}
