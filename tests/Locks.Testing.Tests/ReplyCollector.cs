using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Transport.Batches;
using MassTransit;

namespace Locks.Testing.Tests;

/// <summary>A client that packs its own batches, and opens every answer.</summary>
internal sealed class ReplyCollector
{
    private readonly ConcurrentQueue<LockReplies> _received = new();
    private readonly IBus _bus;
    private string _address = "";

    private ReplyCollector(IBus bus) => _bus = bus;

    public IEnumerable<LockReply> Replies => _received.SelectMany(replies => replies.Replies);

    public IEnumerable<Guid> Completed => _received.SelectMany(replies => replies.Completed ?? []);

    public static async Task<ReplyCollector> OpenAsync(AppUnderTest app)
    {
        var collector = new ReplyCollector(app.MassTransit.Bus);
        var endpoint = collector._bus.ConnectReceiveEndpoint("replies", configure =>
        {
            configure.AddDeserializer(BatchSerializer.Replies);
            configure.Handler<LockReplies>(context =>
            {
                collector._received.Enqueue(context.Message);
                return Task.CompletedTask;
            });
        });
        collector._address = (await endpoint.Ready).InputAddress.OriginalString;
        return collector;
    }

    public async Task<Guid> SendAsync(params LockCommand[] commands)
    {
        var batch = new LockCommands(Guid.CreateVersion7(), _address, commands);
        var coordinator = await _bus.GetSendEndpoint(new Uri("exchange:locks"));
        await coordinator.Send(batch);
        return batch.BatchId;
    }
}
