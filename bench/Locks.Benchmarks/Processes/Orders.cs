using Locks.Benchmarks.Contestants;
using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Processes;

/// <summary>Opens a part under a name. The answer is the name.</summary>
internal sealed record OpenPart(string Name, Part Part) : Order<string>
{
    public override async Task<string> DoAsync(OpenParts parts, CancellationToken cancellationToken)
    {
        await parts.OpenAsync(Name, Part, cancellationToken);
        return Name;
    }
}

/// <summary>Callers that do one operation after another.</summary>
internal sealed record MakeLoad(string Part, LoadShape Shape) : Order<LoadFigures>
{
    public override Task<LoadFigures> DoAsync(OpenParts parts, CancellationToken cancellationToken) =>
        Load.RunAsync(parts.Get<ITaker>(Part), Shape, cancellationToken);
}

/// <summary>Asks for the bytes that are in use after a full collection.</summary>
internal sealed record AskHeap : Order<long>
{
    public override Task<long> DoAsync(OpenParts parts, CancellationToken cancellationToken)
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
internal sealed record TakeLocks(string Part, string Prefix, int Count, TimeSpan Lease, HowHeld How) : Order<int>
{
    public override async Task<int> DoAsync(OpenParts parts, CancellationToken cancellationToken)
    {
        var taker = parts.Get<LockTaker>(Part);
        await taker.Held.TakeAsync(taker.Client, Prefix, Count, Lease, How, cancellationToken);
        return taker.Held.Count;
    }
}

/// <summary>Asks how many of the locks are still held.</summary>
internal sealed record CountHeld(string Part) : Order<int>
{
    public override Task<int> DoAsync(OpenParts parts, CancellationToken cancellationToken) =>
        Task.FromResult(parts.Get<LockTaker>(Part).Held.Count);
}

/// <summary>Renews some of the locks. The answer is how many.</summary>
internal sealed record RenewLocks(string Part, int Count) : Order<int>
{
    public override async Task<int> DoAsync(OpenParts parts, CancellationToken cancellationToken)
    {
        await parts.Get<LockTaker>(Part).Held.RenewAsync(Count, cancellationToken);
        return Count;
    }
}

/// <summary>Gives the locks back. The answer is how many are held then.</summary>
internal sealed record LetGo(string Part) : Order<int>
{
    public override async Task<int> DoAsync(OpenParts parts, CancellationToken cancellationToken)
    {
        var taker = parts.Get<LockTaker>(Part);
        await taker.Held.LetGoAsync(taker.Client, cancellationToken);
        return taker.Held.Count;
    }
}
