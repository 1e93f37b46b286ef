using Locks.Client;
using Locks.Client.Core;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Diagnostics;
using Locks.Contracts.Catalogue;
using Locks.Simulation.Network;
using Locks.Simulation.Running;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Locks.Simulation.Processes;

/// <summary>A process with the product's client, whole and as it is, and some callers that use it at the same time.</summary>
internal sealed class ClientProcess : SimulatedProcess
{
    private readonly Dictionary<Guid, TimeSpan> _requestedAt = [];
    private SimulatedEndpoint? _endpoint;

    public ClientProcess(World world, string name, SimulatedClock clock)
        : base(name, clock)
    {
        World = world;
        var bus = SimulatedBus.Of(Address, Send, endpoint => _endpoint = endpoint);
        var connection = new IsolatedConnection(new Lazy<IBus>(bus), () => null);
        var options = Options.Create(ClientOptions);
        Client = new LockClient(
            bus, new BusLifecycle(connection, clock), new IsolatedSender(connection), new SuspensionAwareTime(clock, looks: clock), options,
            new ClientMeter(options, NullLogger<ClientMeter>.Instance), NullLogger<LockClient>.Instance);
        Client.LateGrants.Random = new Random(world.Random.Next());
    }

    /// <summary>The options of every client.</summary>
    public static LockClientOptions ClientOptions { get; } = new() { Owner = "simulated", RequestTimeout = TimeSpan.FromSeconds(5) };

    public World World { get; }

    public LockClient Client { get; }

    /// <summary>When the client first sent an attempt, or a request.</summary>
    public TimeSpan? RequestedAt(Guid id) => _requestedAt.TryGetValue(id, out var at) ? at : null;

    /// <summary>Receives a message.</summary>
    public void Receive(Envelope envelope)
    {
        World.Tell(Name, $"receives {Description.Of(envelope.Message, World.Log)}");
        _ = _endpoint!.ReceiveAsync(envelope, isRedelivered: false);
    }

    private void Send(Uri to, Envelope envelope)
    {
        if (envelope.Message is Contracts.LockCommands batch)
        {
            foreach (var command in batch.Commands)
            {
                if ((command.Acquire?.AcquireId ?? CommandCatalogue.TypeOf(command).RequestIdOf(command)) is { } id)
                    _requestedAt.TryAdd(id, World.Now);
            }
        }

        World.Network.Send(this, to, envelope);
    }
}
