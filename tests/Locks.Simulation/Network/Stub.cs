using System.Reflection;

namespace Locks.Simulation.Network;

/// <summary>
/// An interface of MassTransit's of which the product uses a few members here. All others do nothing and return nothing.
/// </summary>
#pragma warning disable CA1852 // The proxy is a class derived from it.
internal class Stub : DispatchProxy
#pragma warning restore CA1852
{
    private readonly Dictionary<string, Func<object?[], object?>> _members = [];

    /// <summary>Creates an instance.</summary>
    /// <param name="members">What the members do, by name; <c>get_</c> before that of a property.</param>
    public static T Of<T>(params (string Name, Func<object?[], object?> Body)[] members)
        where T : class
    {
        var stub = Create<T, Stub>();
        foreach (var (name, body) in members)
            ((Stub)(object)stub)._members.Add(name, body);
        return stub;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (_members.TryGetValue(targetMethod!.Name, out var body))
            return body(args ?? []);

        var result = targetMethod.ReturnType;
        if (result == typeof(Task))
            return Task.CompletedTask;
        return result.IsValueType && result != typeof(void) ? Activator.CreateInstance(result) : null;
    }
}
