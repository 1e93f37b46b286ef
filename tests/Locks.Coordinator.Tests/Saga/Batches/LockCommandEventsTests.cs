using Locks.Contracts.Catalogue;
using Locks.Coordinator.Inbound;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Batches;

/// <summary>Every command of the catalogue that travels in batches drives the state machine.</summary>
public sealed class LockCommandEventsTests
{
    public static TheoryData<string> Commands => [.. CommandCatalogue.Batched.Select(type => type.MessageType.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void EveryCommandOfTheCatalogue_HasAnEventOfTheMachine(string command)
    {
        var type = CommandCatalogue.Batched.Single(type => type.MessageType.Name == command).MessageType;
        var machine = Machines.OfLocks();

        var @event = typeof(LockCommandEvents).GetMethod(nameof(LockCommandEvents.For))!.MakeGenericMethod(type).Invoke(
            new LockCommandEvents(machine), []);

        Assert.Contains((Event)@event!, ((StateMachine)machine).Events);
    }
}
