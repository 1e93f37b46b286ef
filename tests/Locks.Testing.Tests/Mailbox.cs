using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Transport.Batches;
using MassTransit;

namespace Locks.Testing.Tests;

/// <summary>A client that packs its own batches, and opens every answer.</summary>
internal sealed class Mailbox
{
    private readonly ConcurrentQueue<LockReplies> _letters = new();
    private readonly IBus _bus;
    private string _address = "";

    private Mailbox(IBus bus) => _bus = bus;

    public IEnumerable<LockReply> Replies => _letters.SelectMany(letter => letter.Replies);

    public IEnumerable<Guid> Completed => _letters.SelectMany(letter => letter.Completed ?? []);

    public static async Task<Mailbox> OpenAsync(AppUnderTest app)
    {
        var mailbox = new Mailbox(app.MassTransit.Bus);
        var endpoint = mailbox._bus.ConnectReceiveEndpoint("mailbox", configure =>
        {
            configure.AddDeserializer(BatchSerializer.Replies);
            configure.Handler<LockReplies>(context =>
            {
                mailbox._letters.Enqueue(context.Message);
                return Task.CompletedTask;
            });
        });
        mailbox._address = (await endpoint.Ready).InputAddress.OriginalString;
        return mailbox;
    }

    public async Task<Guid> SendAsync(params LockCommand[] commands)
    {
        var batch = new LockCommands(Guid.CreateVersion7(), _address, commands);
        var coordinator = await _bus.GetSendEndpoint(new Uri("exchange:locks"));
        await coordinator.Send(batch);
        return batch.BatchId;
    }
}
