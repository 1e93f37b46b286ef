using System.Text;
using MassTransit;
using MassTransit.SagaStateMachine;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>Draws a state machine as it is, in Mermaid's notation.</summary>
/// <remarks>
/// MassTransit's own graph (<c>machine.GetGraph()</c>) has one node for each event and not one for each event in a state, so that it can't
/// tell where an event leads from which state. This visits the same activities, conditional ones included, and keeps the three together.
/// </remarks>
internal sealed class StateDiagram<TSaga> : StateMachineVisitor
    where TSaga : class, SagaStateMachineInstance
{
    private readonly StateMachine<TSaga> _machine;
    private readonly HashSet<(string From, string Event, string To)> _arrows = [];
    private readonly HashSet<(string State, string Event)> _cells = [];
    private string _state = "";
    private string _event = "";

    public StateDiagram(StateMachine<TSaga> machine)
    {
        _machine = machine;
        machine.Accept(this);
    }

    /// <summary>Where each event can lead from each state. An event that never leaves its state leads to it.</summary>
    public IReadOnlyCollection<(string From, string Event, string To)> Arrows =>
    [
        .. _arrows,
        .. _cells.Where(cell => !_arrows.Any(arrow => (arrow.From, arrow.Event) == cell)).Select(cell => (cell.State, cell.Event, cell.State)),
    ];

    /// <summary>
    /// The diagram, its arrows in the order of the states and events. An event that leaves the state as it is has no arrow.
    /// </summary>
    public string ToMermaid()
    {
        var states = _machine.States.Select(state => state.Name).OrderBy(name => name == _machine.Initial.Name ? 0 : 1).ThenBy(name => name).ToList();
        var events = _machine.Events.Select(@event => @event.Name).Order().ToList();
        var text = new StringBuilder("stateDiagram-v2\n");
        var arrows =
            from arrow in Arrows
            where arrow.From != arrow.To
            group arrow by (arrow.From, arrow.To) into same
            orderby states.IndexOf(same.Key.From), states.IndexOf(same.Key.To)
            select same;
        foreach (var same in arrows)
        {
            var labels = same.Select(arrow => arrow.Event).OrderBy(events.IndexOf);
            text.Append(null, $"    {Node(same.Key.From)} --> {Node(same.Key.To)} : {string.Join("<br/>", labels)}\n");
        }

        return text.ToString();

        string Node(string state) => state == _machine.Initial.Name ? "[*]" : state;
    }

    public void Visit(State state, Action<State> next)
    {
        _state = state.Name;
        next(state);
    }

    public void Visit(Event @event, Action<Event> next)
    {
        Enter(@event);
        next(@event);
    }

    public void Visit<TData>(Event<TData> @event, Action<Event<TData>> next)
        where TData : class
    {
        Enter(@event);
        next(@event);
    }

    public void Visit(IStateMachineActivity activity) => Visit(activity, _ => { });

    public void Visit(IStateMachineActivity activity, Action<IStateMachineActivity> next)
    {
        if (activity is TransitionActivity<TSaga> transition)
            _arrows.Add((_state, _event, transition.ToState.Name));
        next(activity);
    }

    public void Visit<T>(IBehavior<T> behavior)
        where T : class, SagaStateMachineInstance
    {
    }

    public void Visit<T>(IBehavior<T> behavior, Action<IBehavior<T>> next)
        where T : class, SagaStateMachineInstance => next(behavior);

    public void Visit<T, TData>(IBehavior<T, TData> behavior)
        where T : class, SagaStateMachineInstance
        where TData : class
    {
    }

    public void Visit<T, TData>(IBehavior<T, TData> behavior, Action<IBehavior<T, TData>> next)
        where T : class, SagaStateMachineInstance
        where TData : class => next(behavior);

    private void Enter(Event @event)
    {
        _event = @event.Name;
        _cells.Add((_state, _event));
    }
}
