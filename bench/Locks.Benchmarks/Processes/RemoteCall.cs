using System.Text.Json.Serialization;

namespace Locks.Benchmarks.Processes;

/// <summary>Something that a process is told to do.</summary>
[JsonDerivedType(typeof(OpenResource), "open")]
[JsonDerivedType(typeof(MakeLoad), "load")]
[JsonDerivedType(typeof(AskHeap), "heap")]
[JsonDerivedType(typeof(TakeLocks), "take")]
[JsonDerivedType(typeof(CountHeld), "count-held")]
[JsonDerivedType(typeof(RenewLocks), "renew")]
[JsonDerivedType(typeof(LetGo), "let-go")]
[JsonDerivedType(typeof(TimeSetOut), "time-set-out")]
internal abstract record RemoteCall
{
    public abstract Task<object> DoAnyAsync(OpenResources parts, CancellationToken cancellationToken);
}

/// <summary>An order and the kind of its answer.</summary>
internal abstract record RemoteCall<TAnswer> : RemoteCall
    where TAnswer : notnull
{
    public abstract Task<TAnswer> DoAsync(OpenResources parts, CancellationToken cancellationToken);

    public sealed override async Task<object> DoAnyAsync(OpenResources parts, CancellationToken cancellationToken) =>
        await DoAsync(parts, cancellationToken);
}
