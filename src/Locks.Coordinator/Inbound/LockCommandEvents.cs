using System.Collections.Frozen;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Machine;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>The state machine's event for each command that travels in batches.</summary>
internal sealed class LockCommandEvents
{
    private readonly FrozenDictionary<Type, Event> _events;

    /// <summary>Finds the events.</summary>
    /// <exception cref="InvalidOperationException">The machine has no event for a command of the catalogue, or several.</exception>
    public LockCommandEvents(LockStateMachine machine) => _events = CommandCatalogue.Batched.ToFrozenDictionary(
        type => type.MessageType, type => Find(machine, type.MessageType));

    /// <summary>The event of a command.</summary>
    public Event<T> For<T>()
        where T : class => (Event<T>)_events[typeof(T)];

    private static Event Find(LockStateMachine machine, Type command)
    {
        var type = typeof(Event<>).MakeGenericType(command);
        var events = ((StateMachine)machine).Events.Where(type.IsInstanceOfType).ToList();
        return events is [var only]
            ? only
            : throw new InvalidOperationException($"{machine.GetType().Name} has {events.Count} events for {command.Name}; it must have one.");
    }
}
