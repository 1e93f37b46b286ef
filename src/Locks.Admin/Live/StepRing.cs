namespace Locks.Admin.Live;

/// <summary>The values of the last steps.</summary>
internal sealed class StepRing<T>
{
    private readonly Lock _gate = new();
    private readonly T[] _values = new T[RateRecorder.Steps];
    private int _next;

    public void Add(T value)
    {
        lock (_gate)
        {
            _values[_next] = value;
            _next = (_next + 1) % _values.Length;
        }
    }

    /// <summary>The values, the last one at the end.</summary>
    public IReadOnlyList<TResult> ToList<TResult>(Func<T, TResult> select)
    {
        lock (_gate)
            return [.. Enumerable.Range(0, _values.Length).Select(index => select(_values[(_next + index) % _values.Length]))];
    }
}
