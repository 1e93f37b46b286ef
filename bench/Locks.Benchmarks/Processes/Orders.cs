using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>Opens a part under a name. The answer is the name.</summary>
internal sealed record OpenResource(string Name, Resource Resource) : RemoteCall<string>
{
    public override async Task<string> DoAsync(OpenResources parts, CancellationToken cancellationToken)
    {
        await parts.OpenAsync(Name, Resource, cancellationToken);
        return Name;
    }
}

/// <summary>Callers that do one operation after another.</summary>
internal sealed record MakeLoad(string Resource, LoadShape Shape) : RemoteCall<LoadFigures>
{
    public override Task<LoadFigures> DoAsync(OpenResources parts, CancellationToken cancellationToken) =>
        Load.RunAsync(parts.Get<IOperation>(Resource), Shape, cancellationToken);
}

/// <summary>Asks for the bytes that are in use after a full collection.</summary>
internal sealed record AskHeap : RemoteCall<long>
{
    public override Task<long> DoAsync(OpenResources parts, CancellationToken cancellationToken)
    {
        // Twice: what waits for its finalizer goes with the second.
        for (var time = 0; time < 2; time++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return Task.FromResult(GC.GetTotalMemory(forceFullCollection: true));
    }
}

/// <summary>Takes locks and keeps them. The answer is how many are held.</summary>
internal sealed record TakeLocks(string Resource, string Prefix, int Count, TimeSpan Lease, HowHeld How) : RemoteCall<int>
{
    public override async Task<int> DoAsync(OpenResources parts, CancellationToken cancellationToken)
    {
        var operation = parts.Get<LockOperation>(Resource);
        await operation.Held.TakeAsync(operation.Client, Prefix, Count, Lease, How, cancellationToken);
        return operation.Held.Count;
    }
}

/// <summary>Asks how many of the locks are still held.</summary>
internal sealed record CountHeld(string Resource) : RemoteCall<int>
{
    public override Task<int> DoAsync(OpenResources parts, CancellationToken cancellationToken) =>
        Task.FromResult(parts.Get<LockOperation>(Resource).Held.Count);
}

/// <summary>Renews some of the locks. The answer is how many.</summary>
internal sealed record RenewLocks(string Resource, int Count) : RemoteCall<int>
{
    public override async Task<int> DoAsync(OpenResources parts, CancellationToken cancellationToken)
    {
        await parts.Get<LockOperation>(Resource).Held.RenewAsync(Count, cancellationToken);
        return Count;
    }
}

/// <summary>Gives the locks back. The answer is how many are held then.</summary>
internal sealed record LetGo(string Resource) : RemoteCall<int>
{
    public override async Task<int> DoAsync(OpenResources parts, CancellationToken cancellationToken)
    {
        var operation = parts.Get<LockOperation>(Resource);
        await operation.Held.LetGoAsync(operation.Client, cancellationToken);
        return operation.Held.Count;
    }
}

/// <summary>Waits for a set of which another client holds a key. The answer is after how long that timed out.</summary>
internal sealed record TimeSetOut(string Resource, string Holder, string Prefix, TimeSpan Wait) : RemoteCall<TimeSpan>
{
    public override Task<TimeSpan> DoAsync(OpenResources parts, CancellationToken cancellationToken) =>
        parts.Get<SetOperation>(Resource).TimeOutAsync(parts.Get<SetOperation>(Holder).Client, Prefix, Wait, cancellationToken);
}
