using Locks.Contracts;
using Locks.Simulation.Defects;
using Locks.Simulation.Processes;
using Locks.Simulation.Running;
using Locks.Transport.Batches;

namespace Locks.Simulation.Network;

/// <summary>
/// Carries messages: late, twice, in another order, or not at all. The coordinators' queue is a broker's: one coordinator at a time gets a
/// message, and another one gets it again when that died before it acknowledged.
/// </summary>
internal sealed class SimulatedNetwork(World world)
{
    /// <summary>The coordinators' queue.</summary>
    public const string Commands = "locks";

    private static readonly string Liveness = LockPartitions.LivenessNameOf(Commands);

    private readonly List<Delivery> _queue = [];
    private readonly Dictionary<CoordinatorProcess, List<Delivery>> _unacknowledged = [];
    private readonly HashSet<SimulatedProcess> _cut = [];

    /// <summary>Is told when a coordinator has died.</summary>
    public Action<CoordinatorProcess>? Died { get; set; }

    private IEnumerable<CoordinatorProcess> Coordinators => world.Processes.OfType<CoordinatorProcess>();

    /// <summary>A process sends a message.</summary>
    public void Send(SimulatedProcess from, Uri to, Envelope envelope)
    {
        if (from.IsDead)
            return;

        var address = to.AbsolutePath.TrimStart('/');
        var name = address[(address.LastIndexOf('/') + 1)..];
        if (envelope.Message is LockReplies && world.Defect == Defect.MisrouteReply && world.Chance(0.05))
            name = world.Processes.OfType<ClientProcess>().LastOrDefault()?.Name ?? name;

        world.Tell(from.Name, $"sends {Description.Of(envelope.Message, world.Log)} to {name}");
        world.Tally.Add("messages");
        switch (envelope.Message)
        {
            case LockCommands commands:
                world.Checker.Messages.Sent(from.Name, commands);
                break;
            case LockReplies replies:
                world.Checker.Messages.Sent(from.Name, name, replies);
                break;
            default:
                world.Checker.Messages.Sent(from.Name, envelope.Message);
                break;
        }

        if (_cut.Contains(from))
            world.Tell("network", "loses it");
        else
            Carry(() => Arrive(name, envelope));
        if (from is CoordinatorProcess coordinator && envelope.Message is LockReplies)
            coordinator.DiesNow(FaultKind.CoordinatorDiesAfterReply);
    }

    /// <summary>A coordinator sends a watermark through its own queue.</summary>
    public void SendToItself(CoordinatorProcess coordinator, Action receive)
    {
        if (!coordinator.IsDead && !_cut.Contains(coordinator))
            world.Schedule(world.Latency(2), coordinator, receive);
    }

    /// <summary>A coordinator is ready to receive.</summary>
    public void Ready(CoordinatorProcess coordinator)
    {
        if (_cut.Contains(coordinator))
            return;
        _unacknowledged[coordinator] = [];
        Dispatch();
    }

    /// <summary>Cuts a process off from the broker, which notices some time later.</summary>
    /// <returns>Whether it was connected.</returns>
    public bool Cut(SimulatedProcess process, TimeSpan length)
    {
        if (process.IsDead || !_cut.Add(process))
            return false;

        world.Tell(process.Name, $"is cut off from the broker for {length.TotalSeconds:0.00} s");
        var coordinator = process as CoordinatorProcess;
        if (coordinator is not null)
            Requeue(coordinator);
        world.Schedule(length, process: null, () =>
        {
            _cut.Remove(process);
            if (process.IsDead)
                return;
            world.Tell(process.Name, "is connected again");
            if (coordinator is not null)
                Ready(coordinator);
        });
        return true;
    }

    /// <summary>A coordinator dies; the broker notices some time later.</summary>
    public void Lose(CoordinatorProcess coordinator, string why)
    {
        world.Tell(coordinator.Name, $"dies: {why}");
        world.Kill(coordinator);
        coordinator.Dispose();
        Requeue(coordinator);
        Died?.Invoke(coordinator);
    }

    /// <summary>Loses what waits in the coordinators' queue.</summary>
    public void Purge()
    {
        world.Tell("broker", $"loses {_queue.Count} messages of the queue");
        _queue.Clear();
    }

    /// <summary>Others get what a coordinator has not acknowledged, some time later.</summary>
    private void Requeue(CoordinatorProcess coordinator)
    {
        if (!_unacknowledged.Remove(coordinator, out var unacknowledged))
            return;

        world.Schedule(world.Latency(200), process: null, () =>
        {
            _queue.InsertRange(0, unacknowledged.Select(delivery => delivery with { IsRedelivered = true }));
            Dispatch();
        });
    }

    private void Carry(Action arrive)
    {
        var weather = world.Plan.Weather;
        if (world.Chance(weather.Drop))
        {
            world.Tally.Add("fault: a message was lost");
            world.Tell("network", "loses it");
            return;
        }

        if (world.Chance(weather.Duplicate))
        {
            world.Tally.Add("fault: a message arrived twice");
            world.Schedule(Way(), process: null, arrive);
        }

        world.Schedule(Way(), process: null, arrive);

        TimeSpan Way()
        {
            if (!world.Chance(weather.Delay))
                return world.Latency(2);
            world.Tally.Add("fault: a message was late");
            return world.Latency(1_800);
        }
    }

    private void Arrive(string name, Envelope envelope)
    {
        if (name == Commands)
        {
            _queue.Add(new Delivery(envelope, IsRedelivered: false));
            Dispatch();
            return;
        }

        if (name == Liveness)
        {
            foreach (var coordinator in Coordinators.Where(coordinator => !_cut.Contains(coordinator)))
                world.Schedule(TimeSpan.Zero, coordinator, () => _ = coordinator.ReceiveAsync(envelope, isRedelivered: false));
            return;
        }

        // The queue of a client goes with the client.
        if (world.Processes.FirstOrDefault(process => process.Name == name) is ClientProcess client && !_cut.Contains(client))
            world.Schedule(TimeSpan.Zero, client, () => client.Receive(Altered(envelope, client)));
    }

    private void Dispatch()
    {
        while (_queue.Count > 0 && _unacknowledged.Count > 0)
        {
            var delivery = _queue[0];
            _queue.RemoveAt(0);
            var ready = Coordinators.Where(_unacknowledged.ContainsKey).ToArray();
            var coordinator = ready[world.Random.Next(ready.Length)];
            _unacknowledged[coordinator].Add(delivery);
            world.Schedule(world.Latency(1), coordinator, () => _ = ServeAsync(coordinator, delivery));
        }
    }

    private async Task ServeAsync(CoordinatorProcess coordinator, Delivery delivery)
    {
        world.Tell(coordinator.Name, $"receives {Description.Of(delivery.Envelope.Message, world.Log)}");
        if (delivery.IsRedelivered)
            world.Tally.Add("redeliveries");
        var failure = await coordinator.ReceiveAsync(AlteredCommands(delivery.Envelope), delivery.IsRedelivered);
        if (coordinator.IsDead)
            return;
        if (failure is not null)
            world.Tell(coordinator.Name, $"fails: {failure.GetType().Name}: {failure.Message}");
        if (_unacknowledged.TryGetValue(coordinator, out var unacknowledged))
            unacknowledged.Remove(delivery);
    }

    private Envelope AlteredCommands(Envelope envelope)
    {
        if (envelope.Message is not LockCommands batch || world.Defect is not (Defect.IgnoreCancel or Defect.RevokeAny))
            return envelope;
        var altered = batch with
        {
            Commands = world.Defect == Defect.IgnoreCancel
                ? [.. batch.Commands.Where(command => command.Cancel is null)]
                : [.. batch.Commands.Select(command => command.Revoke is { } revoke
                    ? command with { Revoke = revoke with { FencingToken = null } }
                    : command)],
        };
        return envelope with { Message = altered, Body = BatchSerializer.Commands.Write(altered) };
    }

    private Envelope Altered(Envelope envelope, ClientProcess client)
    {
        if (envelope.Message is not LockReplies batch || world.Defect is not (Defect.LeaseFromAnswer or Defect.RenewFromAnswer or Defect.DenyLoss))
            return envelope;
        var altered = batch with { Replies = [.. batch.Replies.Select(reply => Altered(reply, client))] };
        return envelope with { Message = altered, Body = BatchSerializer.Replies.Write(altered) };
    }

    private LockReply Altered(LockReply reply, ClientProcess client) => world.Defect switch
    {
        // What has passed since the request is added to the lease, as if it began now.
        Defect.LeaseFromAnswer when reply.Acquired is { } grant && client.RequestedAt(grant.AcquireId) is { } at =>
            reply with { Acquired = grant with { Lease = grant.Lease + (world.Now - at) } },
        Defect.RenewFromAnswer when reply is { Renewed: { } renewed, RequestId: { } id } && client.RequestedAt(id) is { } at =>
            reply with { Renewed = renewed with { Lease = renewed.Lease + (world.Now - at) } },
        Defect.DenyLoss when reply is { Lost: { } lost, RequestId: not null } =>
            reply with { Lost = null, Renewed = new LockRenewed(lost.Key, lost.FencingToken ?? 0, TimeSpan.FromSeconds(5)) },
        _ => reply,
    };

    /// <summary>A message that the broker has for the coordinators.</summary>
    private sealed record Delivery(Envelope Envelope, bool IsRedelivered);
}
